# Programs of which some objects are compiled by GCC and, if it is there, by clang, each at -Os, -O2 and -O3.
#
# SPDX-License-Identifier: MIT
BOTH_LEVELS := Os O2 O3
BOTH_gcc := $(CC)
BOTH_clang := $(shell command -v clang)
BOTH_CPU_gcc := $(CPUFLAGS)
BOTH_CPU_clang := $(filter-out -misa-spec=%,$(filter -m%,$(CPUFLAGS)))
ifeq ($(PORT),armv7m)
BOTH_CPU_clang += --target=thumbv7m-none-eabi -fshort-enums
endif
ifeq ($(PORT),riscv)
BOTH_CPU_clang += --target=riscv$(BITS)-unknown-elf
endif

# $(call both-rule,PROGRAM,FILE,COMPILER,LEVEL): FILE is test/suite/support/FILE.c and .h, and defines the table TABLE.
define both-rule
$(OUT)/obj-both/$(2)-$(3)-$(4).o: $(addprefix test/suite/,support/$(2).c support/$(2).h ambiguous.mk) $(BUILD_FILES)
	@mkdir -p $$(@D)
	$$(call show,CC)$(BOTH_$(3)) -std=c11 $(WARNINGS) -Werror $(BOTH_CPU_$(3)) -ffreestanding -$(4) \
	    -DTABLE=$(2)_$(3)_$(4) '-DCOMPILER="$(3) -$(4)"' -c -o $$@ $$<
$(1)_LIBS += $(OUT)/obj-both/$(2)-$(3)-$(4).o
endef
both-rules = $(foreach compiler,gcc $(if $(BOTH_clang),clang),$(foreach level,$(BOTH_LEVELS),\
    $(eval $(call both-rule,$(1),$(2),$(compiler),$(level)))))

ambiguous_SRCS := test/suite/support/node.c test/cpu_$(PORT).S
ambiguous_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,-z,noexecstack
$(call both-rules,ambiguous,loops)

walks_SRCS := test/fresh_heap.c test/suite/support/filler.c
walks_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,-z,noexecstack
$(call both-rules,walks,walks)
