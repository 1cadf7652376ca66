# The suites of the API, and of marking: each starts its own heap, in arenas of its own, and shares test/fresh_heap.c.
#
# SPDX-License-Identifier: MIT
API_SUITES := allocation large api_bad_input api_before_init arenas at_hand cache containers \
  cpp_containers dma finalizers grey growth guard guard_audit guard_macros handles high memory_kinds model \
  out_of_memory pacing pins quota reach roots space stress texts types usage utilisation walker weak why

$(foreach s,$(API_SUITES),$(eval $(s)_SRCS := test/fresh_heap.c))
$(foreach s,$(API_SUITES),$(eval $(s)_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0))

# Handlers and tasks of the random firmware; the plugin's form of it has them too (test/plugin/plugin.mk).
MODEL_SUPPORT := test/task.c test/cpu_$(PORT).S $(addprefix test/suite/support/,holders.c meddler.c)

reach_SRCS += test/suite/support/filler.c
model_SRCS += test/shadow.c $(MODEL_SUPPORT)
STEP_SUITES := arenas cache dma finalizers handles memory_kinds pins roots space usage weak why
$(foreach s,$(STEP_SUITES),$(eval $(s)_SRCS += test/suite/support/every_step.c))
guard_SRCS += test/guard/message.c

# The test sees what moat prints.
CONSOLE_SUITES := api_bad_input api_before_init growth guard guard_audit high quota space usage why
$(foreach s,$(CONSOLE_SUITES),$(eval $(s)_SRCS += test/console.c))
$(foreach s,$(CONSOLE_SUITES),$(eval $(s)_LDFLAGS += -Wl,--wrap=moat_port_write))

# The test sees what core reads of the clock.
utilisation_LDFLAGS += -Wl,--wrap=moat_port_clock
