# Builds programs of one configuration, from the top of the tree:
#
#   make -f make/firmware.mk BOARD=riscv32-virt CHECK=2 OPT=Os [CONFIG="SLICE_UNITS=1 PACE=4"] [target...]
#
# OPT is the level that GCC optimises at; Os-lto asks for optimisation at link time, Os-clang for clang as the compiler.
#
# Everything lands in build/BOARD/checkN-OPT[+OPTION-VALUE...]/, here $(OUT):
#   $(OUT)/libmoat.a           core and lib
#   $(OUT)/test/NAME.elf       test/suite/NAME.c or .cpp with the harness
#   $(OUT)/examples/NAME.elf   an example
# The targets `lib`, `tests`, `examples` and `all` (the default) build several; `run-command` prints how the
# board's programs are run. With EXAMPLE=NAME, `example` builds that one and `run` runs it, with ARGS='...' as its
# command line. V=1 shows the commands. `plugin-path` prints where the compiler plugin is.
#
# A board is bsp/*/BOARD.mk. It sets CROSS, CPUFLAGS, PORT, BSP, BOARD_SRCS, LDSCRIPT, LDPATHS, BOARD_LIBS and
# QEMU_CMD; BOARD_FLAGS for its own sources; ROOM := small if it has 16 KiB of RAM or less. Most boards set a few values
# and include a family's file, bsp/cortexm/cortexm.inc or bsp/riscv/riscv.inc. An example is described by
# examples/*/NAME.mk; a test program of more than one file, or outside of test/suite, by a NAME.mk beside it. Both use
# what make/program.mk defines.
#
# SPDX-License-Identifier: MIT
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

CHECK ?= 2
OPT ?= Os
CONFIG ?=
LEVEL := $(firstword $(subst -, ,$(OPT)))
TOOLS := $(patsubst $(LEVEL)-%,%,$(filter-out $(LEVEL),$(OPT)))
$(if $(filter-out lto clang,$(TOOLS)),$(error moat: OPT is a level, or one with -lto or -clang, not "$(OPT)"))

BOARD_MK := $(wildcard bsp/*/$(BOARD).mk)
ifneq ($(words $(BOARD_MK)),1)
$(error moat: no board "$(BOARD)": BOARD must be one of $(sort $(basename $(notdir $(wildcard bsp/*/*.mk)))))
endif
include $(BOARD_MK)

plus := +
space := $(subst ,, )
OUT := build/$(BOARD)/check$(CHECK)-$(OPT)$(subst $(space),,$(foreach o,$(CONFIG),+$(subst =,-,$(o))))

CC := $(CROSS)gcc
AR := $(CROSS)$(if $(filter lto,$(TOOLS)),gcc-)ar

OPTIONS := $(shell sed -n 's/^\#define MOAT_CONFIG_\([A-Z_]*\) .*/\1/p' core/include/moat_defaults.h)
$(foreach o,$(CONFIG),$(if $(filter $(firstword $(subst =, ,$(o))),$(OPTIONS)),,\
    $(error moat: no option "$(o)": CONFIG takes NAME=VALUE, NAME being one of $(OPTIONS))))

# Core's assertions are on in all that is built here, unless CONFIG says otherwise; the benchmarks do without.
ASSERT_UNASKED ?= 1
# A small board has no room for the records of a large one.
CONFIG_UNASKED := ASSERT=$(ASSERT_UNASKED) $(if $(filter small,$(ROOM)),FAULT_RECORDS=2 FAULT_STACK_WORDS=16)
CONFIG_FLAGS := -DMOAT_CONFIG_CHECK=$(CHECK) $(addprefix -DMOAT_CONFIG_,$(CONFIG) \
    $(foreach o,$(CONFIG_UNASKED),$(if $(filter $(firstword $(subst =, ,$(o)))=%,$(CONFIG)),,$(o))))
CODE_FLAGS := -$(LEVEL) -g3 -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=.
include make/warnings.mk
# The host's programs are there for the sanitizers.
ifeq ($(PORT),host)
CODE_FLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all
endif
ifeq ($(TOOLS),lto)
CODE_FLAGS += -flto
# Suites have the linker wrap its functions: it can't where they are inlined.
$(OUT)/obj/port/shims.c.o: CFLAGS += -fno-lto
endif
COMPILE := $(CC) $(CPUFLAGS)
COMPILE_CXX := $(CROSS)g++ $(CPUFLAGS)
ifeq ($(TOOLS),clang)
# The board's flags without those that only GCC knows; clang 14 knows no ISA but 2.2.
COMPILE := clang $(CLANG_TARGET) $(filter-out -misa-spec=% --specs=%,$(CPUFLAGS))
CORE_FLAGS := $(filter-out -fno-tree-loop-distribute-patterns,$(CORE_FLAGS))
endif
CFLAGS := -std=c11 $(WARNINGS) -Werror $(CODE_FLAGS) $(CONFIG_FLAGS)
LDFLAGS := -Wl,--gc-sections -Wl,--build-id -Wl,--fatal-warnings $(if $(filter clang,$(TOOLS)),$(CLANG_LDFLAGS))

# RISC-V has no newlib in Debian: scripts/newlib-build made one for each -march, complete with its headers. A board may
# name another's.
ifeq ($(CROSS),riscv64-unknown-elf-)
NEWLIB := build/newlib/$(or $(NEWLIB_OF),$(patsubst -march=%,%,$(filter -march=%,$(CPUFLAGS))))
ifeq ($(wildcard $(NEWLIB)/stamp),)
$(error moat: no newlib in $(NEWLIB): run make setup)
endif
CFLAGS += -isystem $(NEWLIB)/include
LDFLAGS += -nodefaultlibs -L$(NEWLIB)/lib
LIBC := -lc -lgcc
endif

# The compiler plugin, for programs whose stores are plain C (docs/plugin.md): NAME_CFLAGS has $(PLUGIN_MANAGED), or
# $(PLUGIN_CHECK) for code that knows nothing of moat.
PLUGIN := build/gcc-plugin/$(CROSS)gcc/moat.so
PLUGIN_MANAGED := -fplugin=$(PLUGIN) -fplugin-arg-moat-managed
PLUGIN_CHECK := -fplugin=$(PLUGIN) -fplugin-arg-moat-check -include moat.h
$(PLUGIN):
	@echo 'moat: no $@: make setup builds it where g++ and libgmp-dev are' >&2; false

# Files see the headers of their own layer and of those below it. Tests see core's insides.
INCLUDES_core := -Icore/include -Icore -Iport/$(PORT)
INCLUDES_port := -Icore/include -Icore -Iport/$(PORT) -Iport
INCLUDES_bsp := -Icore/include -Icore -Iport/$(PORT) -Iport -Ibsp $(BOARD_FLAGS) $(if $(ROOM),-DBSP_ROOM_$(ROOM)=1)
INCLUDES_lib := -Icore/include -Ilib/include -Iport/$(PORT)
INCLUDES_examples := -Icore/include -Ilib/include -Ibsp
INCLUDES_wrap := $(INCLUDES_port)
INCLUDES_test := -Icore/include -Icore -Ilib/include -Iport/$(PORT) -Ibsp -Itest $(if $(ROOM),-DTEST_ROOM_$(ROOM)=1)

include make/program.mk

CORE_OBJS := $(patsubst %,$(OUT)/obj/%.o,$(wildcard core/*/*.c))
LIB_OBJS := $(patsubst %,$(OUT)/obj/%.o,$(wildcard lib/*.c))
BOARD_OBJS := $(addprefix $(OUT)/obj/,$(addsuffix .o,$(BOARD_SRCS)))

# core calls no library: no idiom may be turned into a call of memcpy or memset. test/build/core_rules.py looks.
$(OUT)/obj/core/%.o: CFLAGS += $(CORE_FLAGS)

# lib's files are linked where firmware calls them, as core's features are. They call no library either, but where a
# function is of its nature the library's.
$(OUT)/obj/lib/%.o: CFLAGS += $(CORE_FLAGS)

$(OUT)/libmoat.a: $(CORE_OBJS) $(LIB_OBJS)
	$(call show,AR)rm -f $@ && $(AR) rcs $@ $(CORE_OBJS) $(LIB_OBJS)

# test/bench is built by a make file of its own.
include $(filter-out test/bench/%,$(wildcard examples/*/*.mk test/*/*.mk))

TESTS := $(basename $(notdir $(wildcard test/suite/*.c test/suite/*.cpp)))
suite_source = $(wildcard test/suite/$(1).c test/suite/$(1).cpp)
$(foreach t,$(TESTS),$(eval $(call program,test/$(t),$(call suite_source,$(t)) test/harness.c $($(t)_SRCS),$(t))))

.PHONY: all lib tests examples example run run-command plugin-path
all: lib tests examples
lib: $(OUT)/libmoat.a
tests: $(TESTS:%=$(OUT)/test/%.elf)
examples: $(PROGRAMS_examples)
plugin-path:
	@echo '$(PLUGIN)'
run-command:
	@echo '$(QEMU_CMD)'

ifneq ($(EXAMPLE),)
EXAMPLE_ELF := $(filter $(OUT)/examples/$(EXAMPLE).elf,$(PROGRAMS_examples))
$(if $(EXAMPLE_ELF),,$(error moat: no example "$(EXAMPLE)": EXAMPLE must be one of \
    $(sort $(basename $(notdir $(PROGRAMS_examples))))))
endif
example: $(EXAMPLE_ELF)
run: $(EXAMPLE_ELF)
	@$(if $(QEMU_CMD),$(QEMU_CMD) $(if $(ARGS),-append '$(ARGS)') -kernel )$(EXAMPLE_ELF) $(if $(QEMU_CMD),,$(ARGS))
