# SPDX-License-Identifier: MIT
interrupt_alloc_SRCS := $(addprefix test/suite/support/,node.c situation.c step.c)
interrupt_alloc_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
