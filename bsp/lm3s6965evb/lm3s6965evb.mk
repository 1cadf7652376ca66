# SPDX-License-Identifier: MIT
#
# Stellaris LM3S6965EVB: Cortex-M3, 64 KiB of RAM.
KIND := qemu
RUNS := core
BSP := lm3s6965evb
CPU := -mcpu=cortex-m3
MACHINE := lm3s6965evb
UART := pl011
UART_AT := 0x4000c000
UART_IRQ := 5
CLOCK_KHZ := 12500
LINES := 64
SOFTWARE_IRQ := 43
NOTHING := 0x3e000000
include bsp/cortexm/cortexm.inc
