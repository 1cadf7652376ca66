# SPDX-License-Identifier: MIT
#
# QEMU's RISC-V virt machine, 64 bits.

CROSS := riscv64-unknown-elf-
# ISA 2.2, where the base includes the CSR instructions, is how GCC 12 finds its library of this -march.
CPUFLAGS := -march=rv64imac -mabi=lp64 -misa-spec=2.2 -mcmodel=medany
PORT := riscv
BSP := riscv-virt

BOARD_SRCS := \
  port/ending.c \
  port/riscv/exception.c port/riscv/port.c port/riscv/spill.S port/riscv/trap.S \
  bsp/common/boot.c bsp/common/semihosting.c bsp/common/start.c bsp/common/syscalls.c bsp/common/trap_end.c \
  bsp/riscv-virt/board.c bsp/riscv-virt/console.c bsp/riscv-virt/regions.c bsp/riscv-virt/reset.S \
  bsp/riscv-virt/semihosting.S bsp/riscv-virt/timer.c

LDSCRIPT := linker/riscv64-virt.ld
LDPATHS := -Llinker
BOARD_LIBS := -nostdlib -Wl,--start-group -lc -lgcc -Wl,--end-group

# An instruction takes 2^10 ns, as the board's timer.c has it: mtime's 100 ns then reach every instruction.
QEMU_CMD := qemu-system-riscv64 -machine virt -bios none -m 16M -icount shift=10 -display none -monitor none \
  -serial stdio -semihosting-config enable=on,target=native
