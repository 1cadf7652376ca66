# SPDX-License-Identifier: MIT
#
# SiFive HiFive1: FE310, rv32imac, 16 KiB of RAM.
KIND := qemu
RUNS := core
BSP := sifive_e
MARCH := rv32imac
MABI := ilp32
MACHINE := sifive_e
UART := sifive
UART_AT := 0x10013000
UART_IRQ := 3
END := restart
ROOM := small
include bsp/riscv/riscv.inc
