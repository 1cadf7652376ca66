# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine, 32 bits.
KIND := qemu
BITS := 32
ISA := imac
ABI := ilp32
include bsp/riscv-virt/virt.inc
