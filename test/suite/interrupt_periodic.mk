# SPDX-License-Identifier: MIT
interrupt_periodic_SRCS := test/suite/support/node.c
interrupt_periodic_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
