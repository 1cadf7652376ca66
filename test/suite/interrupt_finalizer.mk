# SPDX-License-Identifier: MIT
interrupt_finalizer_SRCS := $(addprefix test/suite/support/,node.c step.c)
interrupt_finalizer_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
