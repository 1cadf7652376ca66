# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine: rv64imac.
KIND := qemu
RUNS := few
BSP := riscv-virt
MARCH := rv64imac
MABI := lp64
MACHINE := virt -bios none -m 272M
UART := 16550
UART_AT := 0x10000000
UART_IRQ := 10
END := finisher
LDSCRIPT := bsp/riscv-virt/memory64.ld
include bsp/riscv/riscv.inc
