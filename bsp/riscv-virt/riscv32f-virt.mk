# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine: rv32imafc, floating point in registers. Its newlib is riscv32-virt's, none of whose
# functions that tests call takes a float or returns one.
KIND := qemu
RUNS := core
MARCH := rv32imafc
MABI := ilp32f
NEWLIB_OF := rv32imac
include bsp/riscv-virt/riscv32-virt.mk
BOARD_LDFLAGS += -Wl,--no-warn-mismatch
