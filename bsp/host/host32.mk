# SPDX-License-Identifier: MIT
#
# The developer's computer, Linux on x86, as a 32-bit program.
KIND := host
RUNS := few
WIDTH_FLAGS := -m32
CPU_NAME := i386
include bsp/host/host.inc
