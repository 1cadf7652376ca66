#!/bin/sh
# Set-up that has nothing to do says so in one line, however often it runs; without rights it names what is missing.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
failed=0

check() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        echo "FAIL $1: '$2' and not '$3'"
        failed=1
    fi
}

scripts/setup >/dev/null 2>&1
check second_setup_prints_one_line "$(scripts/setup 2>&1)" "setup: nothing to do"

# A path without the cross compilers, on which neither sudo nor apt-get is found.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for tool in sh dirname id gcc make xz nproc; do
    ln -s "$(command -v $tool)" "$scratch/$tool"
done
output=$(PATH=$scratch scripts/setup 2>&1)
check setup_without_rights_fails $? 1
case $output in
*"apt-get install"*gcc-arm-none-eabi*gcc-riscv64-unknown-elf*) named=yes ;;
*) named=$output ;;
esac
check setup_without_rights_names_the_packages "$named" yes
exit $failed
