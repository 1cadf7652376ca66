# Builds the benchmark's firmware for one board and configuration, from the top of the tree:
#
#   make -f test/bench/firmware.mk BOARD=arm-mps2-an385 CHECK=0 OPT=O2 OUT=build/bench/... [PROBE=1] [BENCH_PEERS=dir]
#
#   $(OUT)/bench/newlib.elf        with newlib's malloc
#   $(OUT)/bench/newlib-nano.elf   with newlib-nano's: the same objects, another library
#
# PROBE=1 builds core with test/bench/probe/moat_port_cpu.h, which measures masked stretches. OUT keeps such builds, and
# those of peers, apart from all others.
#
# SPDX-License-Identifier: MIT
ASSERT_UNASKED := 0
include make/firmware.mk

INCLUDES_test := $(INCLUDES_test) -Itest/bench
ifdef PROBE
INCLUDES_core := -Itest/bench/probe $(INCLUDES_core)
INCLUDES_port := -include test/bench/probe/window.h $(INCLUDES_port)
endif

comma := ,
BENCH_SRCS := $(wildcard test/bench/*.c) $(if $(PROBE),$(wildcard test/bench/probe/*.c test/bench/probe/$(PORT).S))
BENCH_LDFLAGS := $(if $(PROBE),-Wl$(comma)--wrap=moat_port_spill_and_call -Wl$(comma)--wrap=moat_stack_look_up) \
    -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--defsym=MOAT_MALLOC_BYTES=0

PEER_OBJS := $(patsubst %.c,$(OUT)/peers/%.o,$(notdir $(wildcard $(BENCH_PEERS)/*.c)))
$(OUT)/peers/%.o: $(BENCH_PEERS)/%.c
	@mkdir -p $(@D)
	$(call show,CC)$(COMPILE) $(CFLAGS) -Wno-error -w -Itest/bench -I$(BENCH_PEERS) -MD -MP -c -o $@ $<
-include $(wildcard $(OUT)/peers/*.d)

newlib_LDFLAGS := $(BENCH_LDFLAGS)
newlib_LIBS := $(PEER_OBJS)
newlib-nano_LDFLAGS := $(BENCH_LDFLAGS)
newlib-nano_LIBS := $(PEER_OBJS)

# Settings of `program` for the link: the options for one library, then for the other.
full_CPUFLAGS := $(filter-out --specs=%,$(CPUFLAGS))
full_LDFLAGS := $(LDFLAGS)
ifeq ($(CROSS),riscv64-unknown-elf-)
LDFLAGS := $(subst $(NEWLIB)/lib,$(NEWLIB)-nano/lib,$(LDFLAGS))
$(OUT)/bench/newlib-nano.elf: $(NEWLIB)-nano/stamp
$(NEWLIB)-nano/stamp:
	@scripts/newlib-build $(notdir $(NEWLIB)) nano-malloc
endif
$(eval $(call program,bench/newlib-nano,$(BENCH_SRCS),newlib-nano))
CPUFLAGS := $(full_CPUFLAGS)
LDFLAGS := $(full_LDFLAGS)
$(eval $(call program,bench/newlib,$(BENCH_SRCS),newlib))
