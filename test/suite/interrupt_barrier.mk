# SPDX-License-Identifier: MIT
interrupt_barrier_SRCS := $(addprefix test/suite/support/,node.c situation.c step.c)
interrupt_barrier_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
