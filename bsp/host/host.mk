# SPDX-License-Identifier: MIT
#
# The developer's computer, Linux on x86, as a 64-bit program.
KIND := host
WIDTH_FLAGS :=
CPU_NAME := x86_64
include bsp/host/host.inc
