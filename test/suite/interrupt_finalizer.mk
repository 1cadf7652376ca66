# SPDX-License-Identifier: MIT
interrupt_finalizer_SRCS := test/suite/support/node.c
interrupt_finalizer_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
