# SPDX-License-Identifier: MIT
#
# Arm MPS3 with FPGA image AN547: Cortex-M55, whose Secure state all of it runs in.
KIND := qemu
RUNS := core
BSP := arm-mps3-an547
CPU := -mcpu=cortex-m55 -mfloat-abi=hard
MACHINE := mps3-an547
UART := cmsdk
UART_AT := 0x59303000
UART_IRQ := 33
CLOCK_KHZ := 32000
LINES := 96
SOFTWARE_IRQ := 95
include bsp/cortexm/cortexm.inc
