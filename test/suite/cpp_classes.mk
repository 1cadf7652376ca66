# SPDX-License-Identifier: MIT
cpp_classes_SRCS := test/fresh_heap.c test/suite/support/elsewhere.cpp
cpp_classes_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
