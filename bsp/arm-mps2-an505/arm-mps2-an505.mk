# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN505: Cortex-M33, whose Secure state all of it runs in.
KIND := qemu
RUNS := core
BSP := arm-mps2-an505
CPU := -mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16
MACHINE := mps2-an505
UART := cmsdk
UART_AT := 0x50200000
UART_IRQ := 32
CLOCK_KHZ := 20000
LINES := 124
SOFTWARE_IRQ := 123
include bsp/cortexm/cortexm.inc
