# How our code is compiled everywhere: by make/firmware.mk and by the checks of test/build.
#
# SPDX-License-Identifier: MIT
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef
CORE_FLAGS := -ffreestanding -fno-tree-loop-distribute-patterns
