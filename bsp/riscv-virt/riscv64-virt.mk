# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine, 64 bits.
KIND := qemu
BITS := 64
ISA := imac
ABI := lp64
include bsp/riscv-virt/virt.inc
