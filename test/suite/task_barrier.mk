# Preemptive tasks, on the tests' kernel. The host has none.
#
# SPDX-License-Identifier: MIT
ifneq ($(PORT),host)
KERNEL_SRCS := $(addprefix test/kernel/,kernel.c kernel_$(PORT).c kernel_$(PORT).S)
TASK_SUITES := task_barrier task_soak
KERNEL_SRCS += $(addprefix test/suite/support/,node.c situation.c step.c)
$(foreach s,$(TASK_SUITES),$(eval $(s)_SRCS := $(KERNEL_SRCS)))
$(foreach s,$(TASK_SUITES),$(eval $(s)_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0))
endif
