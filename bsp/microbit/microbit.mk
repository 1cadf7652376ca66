# SPDX-License-Identifier: MIT
#
# BBC micro:bit: nRF51822, Cortex-M0, 16 KiB of RAM.
KIND := qemu
RUNS := core
BSP := microbit
CPU := -mcpu=cortex-m0
MACHINE := microbit
UART := nrf51
UART_AT := 0x40002000
UART_IRQ := 2
CLOCK_KHZ := 16000
LINES := 32
SOFTWARE_IRQ := 31
ROOM := small
include bsp/cortexm/cortexm.inc
