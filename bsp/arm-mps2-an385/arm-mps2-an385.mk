# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN385: Cortex-M3.

KIND := qemu
CROSS := arm-none-eabi-
CPUFLAGS := -mcpu=cortex-m3 -mthumb --specs=nano.specs
PORT := armv7m
BSP := arm-mps2-an385

BOARD_SRCS := \
  port/ending.c port/shims.c port/stacks.c \
  port/armv7m/exception.S port/armv7m/exception.c port/armv7m/grey.S port/armv7m/port.c \
  port/armv7m/registers.S port/armv7m/spill.S \
  bsp/common/boot.c bsp/common/semihosting.c bsp/common/start.c bsp/common/syscalls.c bsp/common/trap_end.c \
  bsp/arm-mps2-an385/board.c bsp/arm-mps2-an385/console.c bsp/arm-mps2-an385/regions.c \
  bsp/arm-mps2-an385/reset.S bsp/arm-mps2-an385/semihosting.S bsp/arm-mps2-an385/timer.c \
  bsp/arm-mps2-an385/vectors.c

LDSCRIPT := linker/arm-mps2-an385.ld
LDPATHS := -Llinker
BOARD_LIBS := -nostdlib -Wl,--start-group -lc -lgcc -Wl,--end-group

# An instruction takes 2^10 ns: the timer's 40 ns then reach every instruction.
QEMU_CMD := qemu-system-arm -machine mps2-an385 -icount shift=10 -display none -monitor none -serial stdio \
  -semihosting-config enable=on,target=native
