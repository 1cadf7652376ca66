# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN385: Cortex-M3.
KIND := qemu
BSP := arm-mps2-an385
CPU ?= -mcpu=cortex-m3
MACHINE ?= mps2-an385
UART := cmsdk
UART_AT := 0x40004000
UART_IRQ := 0
CLOCK_KHZ := 25000
LINES := 32
SOFTWARE_IRQ := 31
TIME := cmsdk
include bsp/cortexm/cortexm.inc
