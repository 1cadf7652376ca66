# SPDX-License-Identifier: MIT
stack_tasks_SRCS := test/task.c test/cpu_$(PORT).S $(addprefix test/suite/support/,node.c situation.c)
stack_tasks_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
