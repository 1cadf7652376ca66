# Suites of trials that trap: test/suite/support/traps.h.
#
# SPDX-License-Identifier: MIT
TRAP_SUITES := attacks cpp raw_store task_raw_store
$(foreach s,$(TRAP_SUITES),\
    $(eval $(s)_SRCS += test/fresh_heap.c test/console.c test/suite/support/traps.c) \
    $(eval $(s)_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--wrap=moat_port_write))
