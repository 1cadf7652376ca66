# The heap's dump over the console, which the test reads itself.
#
# SPDX-License-Identifier: MIT
dump_SRCS := test/fresh_heap.c
dump_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--wrap=moat_port_write
