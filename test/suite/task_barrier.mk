# Preemptive tasks, on the tests' kernel. The host has none.
#
# SPDX-License-Identifier: MIT
ifneq ($(PORT),host)
KERNEL_SRCS := $(addprefix test/kernel/,kernel.c kernel_$(PORT).c kernel_$(PORT).S)
TASK_SUITES := task_alloc task_barrier task_hook task_pace task_raw_store task_masked task_soak task_stacks task_visit
KERNEL_SRCS += $(addprefix test/suite/support/,node.c step.c)
$(foreach s,$(TASK_SUITES),$(eval $(s)_SRCS := $(KERNEL_SRCS)))
$(foreach s,$(TASK_SUITES),$(eval $(s)_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0))
endif
