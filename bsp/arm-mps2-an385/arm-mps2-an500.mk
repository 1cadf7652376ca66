# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN500: the AN385 with a Cortex-M7.
KIND := qemu
RUNS := core
CPU := -mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-d16
MACHINE := mps2-an500
include bsp/arm-mps2-an385/arm-mps2-an385.mk
