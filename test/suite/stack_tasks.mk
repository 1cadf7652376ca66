# SPDX-License-Identifier: MIT
stack_tasks_SRCS := $(addprefix test/suite/support/,node.c situation.c cpu_$(PORT).S)
stack_tasks_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
