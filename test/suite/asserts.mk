# SPDX-License-Identifier: MIT
asserts_SRCS := test/fresh_heap.c test/console.c test/guard/message.c
asserts_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--wrap=moat_port_write

# It has the text of core in it, to look a line up.
$(OUT)/obj/test/suite/asserts.c.o: $(wildcard core/*/*.c)
