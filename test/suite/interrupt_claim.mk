# SPDX-License-Identifier: MIT
interrupt_claim_SRCS := test/fresh_heap.c
interrupt_claim_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
