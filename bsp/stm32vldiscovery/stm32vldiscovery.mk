# SPDX-License-Identifier: MIT
#
# STM32VLDISCOVERY: STM32F100RB, Cortex-M3, 8 KiB of RAM.
KIND := qemu
RUNS := core
BSP := stm32vldiscovery
CPU := -mcpu=cortex-m3
MACHINE := stm32vldiscovery
UART := stm32
UART_AT := 0x40013800
UART_IRQ := 37
CLOCK_KHZ := 24000
LINES := 61
SOFTWARE_IRQ := 60
ROOM := small
include bsp/cortexm/cortexm.inc
