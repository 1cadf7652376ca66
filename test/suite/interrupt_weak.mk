# SPDX-License-Identifier: MIT
interrupt_weak_SRCS := $(addprefix test/suite/support/,node.c step.c)
interrupt_weak_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
