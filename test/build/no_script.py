#!/usr/bin/python3
"""moat in programs whose linker script knows nothing of it, taken in by CMake (docs/no-script.md): from a checkout and
installed, on two targets and on this computer.

SPDX-License-Identifier: MIT"""
import os
import shutil

from _checks import ROOT, Skip, expect, main, run
from _no_script import EXAMPLE, MACHINES, runs_and_traps


def cmake(*words):
    status, output = run(["cmake", *map(str, words)])
    expect(status == 0, f"cmake {' '.join(map(str, words))}: {output[-600:]}")
    expect("arning:" not in output, f"a warning: {output}")


def build(source, folder, *words):
    if not shutil.which("cmake"):
        raise Skip("no cmake here: apt-get install cmake")
    cmake("-S", source, "-B", folder, *words)
    cmake("--build", folder, "-j2")


def checkout_case(target):
    def case(scratch):
        build(EXAMPLE, scratch, "--toolchain", f"{target}.cmake")
        runs_and_traps(target, scratch / "no_script")
    return f"{target.replace('-', '_')}_from_a_checkout", case


def installed(scratch):
    """By find_package. test/build/packages.py has pkg-config."""
    prefix = scratch / "prefix"
    build(ROOT, scratch / "moat", "--toolchain", EXAMPLE / "cortex-m3.cmake", f"-DCMAKE_INSTALL_PREFIX={prefix}")
    cmake("--install", scratch / "moat")
    build(EXAMPLE, scratch / "user", "--toolchain", "cortex-m3.cmake", f"-Dmoat_DIR={prefix}/lib/cmake/moat")
    expect(not (scratch / "user/moat").exists(), "the installed package was not found")
    runs_and_traps("cortex-m3", scratch / "user/no_script")


def a_refused_call_changes_nothing(scratch):
    build(ROOT / "test/config/no_script", scratch)
    status, output = run([str(scratch / "refused")])
    expect(status == 0, output)


def what_is_wrong_is_said(scratch):
    for words, told in ((["-DMOAT_PORT=z80"], "MOAT_PORT is 'z80'"), (["-DMOAT_CHECK=3"], "MOAT_CONFIG_CHECK must be"),
                        (["-DMOAT_OPTIONS=AUDITS=64"], "no option 'AUDITS=64'"),
                        (["-DMOAT_OPTIONS=MOAT_CONFIG_AUDIT=16"], "no option 'MOAT_CONFIG_AUDIT=16'"),
                        (["-DMOAT_OPTIONS=EVENTS=5000"], "MOAT_CONFIG_EVENTS must be 0..4096 events")):
        folder = scratch / words[0].rpartition("=")[2]
        status, output = run(["cmake", "-S", "test/config/no_script", "-B", str(folder), *words])
        if status == 0:
            status, output = run(["cmake", "--build", str(folder)])
        expect(status != 0 and told in output, f"{words}: status {status} {output[-300:]}")


os.environ.pop("CMAKE_GENERATOR", None)
main(*(checkout_case(target) for target in MACHINES), installed, a_refused_call_changes_nothing, what_is_wrong_is_said)
