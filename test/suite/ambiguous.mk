# The loops are compiled by GCC and, if it is there, by clang, each at -Os, -O2 and -O3.
#
# SPDX-License-Identifier: MIT
ambiguous_SRCS := test/suite/support/node.c test/cpu_$(PORT).S
ambiguous_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,-z,noexecstack

LOOPS_LEVELS := Os O2 O3
LOOPS_gcc := $(CC)
LOOPS_clang := $(shell command -v clang)
LOOPS_CPU_gcc := $(CPUFLAGS)
LOOPS_CPU_clang := $(filter-out -misa-spec=%,$(filter -m%,$(CPUFLAGS)))
ifeq ($(PORT),armv7m)
LOOPS_CPU_clang += --target=thumbv7m-none-eabi -fshort-enums
endif
ifeq ($(PORT),riscv)
LOOPS_CPU_clang += --target=$(patsubst %-virt,%,$(BOARD))-unknown-elf
endif

define loops-rule
$(OUT)/obj-loops/$(1)-$(2).o: test/suite/support/loops.c test/suite/support/loops.h test/suite/ambiguous.mk $(BUILD_FILES)
	@mkdir -p $$(@D)
	$$(call show,CC)$(LOOPS_$(1)) -std=c11 $(WARNINGS) -Werror $(LOOPS_CPU_$(1)) -ffreestanding -$(2) \
	    -DLOOPS=loops_$(1)_$(2) '-DLOOPS_COMPILER="$(1) -$(2)"' -c -o $$@ $$<
ambiguous_LIBS += $(OUT)/obj-loops/$(1)-$(2).o
endef
$(foreach compiler,gcc $(if $(LOOPS_clang),clang),$(foreach level,$(LOOPS_LEVELS),$(eval $(call loops-rule,$(compiler),$(level)))))
