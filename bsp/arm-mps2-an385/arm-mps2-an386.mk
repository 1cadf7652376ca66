# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN386: the AN385 with a Cortex-M4F.
KIND := qemu
RUNS := core
CPU := -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16
MACHINE := mps2-an386
include bsp/arm-mps2-an385/arm-mps2-an385.mk
