# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine: rv32imac.
KIND := qemu
BSP := riscv-virt
MARCH ?= rv32imac
MABI ?= ilp32
MACHINE := virt -bios none -m 16M
UART := 16550
UART_AT := 0x10000000
UART_IRQ := 10
END := finisher
LDSCRIPT := bsp/riscv-virt/memory32.ld
include bsp/riscv/riscv.inc
