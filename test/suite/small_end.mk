# SPDX-License-Identifier: MIT
small_end_SRCS := port/small/small_end.c test/task.c test/cpu_$(PORT).S
