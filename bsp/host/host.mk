# SPDX-License-Identifier: MIT
#
# The developer's computer, Linux on x86, as a 64-bit program.

CROSS :=
CPUFLAGS := -fno-pie -D_GNU_SOURCE
PORT := host
BSP := host

BOARD_SRCS := \
  port/host/interrupt.c port/host/port.c port/host/registers_x86_64.S port/host/spill_x86_64.S \
  bsp/common/boot.c bsp/common/trap_end.c \
  bsp/host/board.c bsp/host/ends.c bsp/host/faults.c bsp/host/regions.c bsp/host/timer.c

LDSCRIPT := linker/moat_host.ld
LDPATHS := -Llinker
BOARD_LIBS := -no-pie

# Run as it is.
QEMU_CMD :=
