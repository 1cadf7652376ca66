# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine, 32 bits, with floating point in registers. For suites about those: its newlib is
# riscv32-virt's, none of whose functions that tests call takes a float or returns one.
KIND := qemu
RUNS := named
BITS := 32
ISA := imafc
ABI := ilp32f
NEWLIB_OF := rv32imac
include bsp/riscv-virt/virt.inc
BOARD_LDFLAGS += -Wl,--no-warn-mismatch
