# SPDX-License-Identifier: MIT
stack_traps_SRCS := test/fresh_heap.c test/task.c test/console.c test/guard/message.c test/cpu_$(PORT).S
stack_traps_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--wrap=moat_port_write
stack_traps_LDFLAGS += -Wl,--wrap=moat_clear_words -Wl,--wrap=moat_port_spill_and_call
