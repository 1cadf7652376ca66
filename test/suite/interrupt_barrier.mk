# SPDX-License-Identifier: MIT
interrupt_barrier_SRCS := $(addprefix test/suite/support/,node.c situation.c step.c)
interrupt_barrier_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0

# The same with a ref's operations.
interrupt_barrier_cpp_CFLAGS := -DBY_CLASSES
interrupt_barrier_cpp_LDFLAGS := $(interrupt_barrier_LDFLAGS)
$(eval $(call program,test/interrupt_barrier_cpp,test/suite/interrupt_barrier.c test/suite/support/ref_operations.cpp \
    test/harness.c $(interrupt_barrier_SRCS),interrupt_barrier_cpp))
