# SPDX-License-Identifier: MIT
mask_longest_SRCS := test/suite/support/node.c
mask_longest_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
