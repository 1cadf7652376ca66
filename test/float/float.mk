# Boards that have floating point in registers.
#
# SPDX-License-Identifier: MIT
ifneq ($(filter arm-mps2-an386 riscv32f-virt,$(BOARD)),)
float_SRCS := test/float/float.c test/harness.c test/fresh_heap.c test/task.c test/cpu_$(PORT).S
float_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
$(eval $(call program,test/float,$(float_SRCS),float))
endif
