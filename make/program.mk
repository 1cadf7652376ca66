# How programs are made. Included by make/firmware.mk; examples/*/NAME.mk and test/*/NAME.mk use:
#
#   $(eval $(call program,PATH,SOURCES,NAME))   the program $(OUT)/PATH.elf, from C, C++ and assembly files.
#       NAME_CFLAGS, NAME_LDFLAGS (they come before the board's, so a -L there can supply moat_c_owned.ld) and NAME_LIBS
#       (files that it depends on, such as a library below) are its own. NAME_CFLAGS gives it objects of its own.
#   $(eval $(call library,NAME,SOURCES))        the library $(OUT)/NAME.a, with NAME_CFLAGS of its own
#
# SPDX-License-Identifier: MIT

# One word and the file for each command; the command itself with V=1.
show = $(if $(V),,@echo '  $(1)  $@' && )

# The objects of sources $(1) for program or library $(2).
objects = $(addprefix $(OUT)/obj$(if $($(2)_CFLAGS),-$(2))/,$(addsuffix .o,$(1)))

define program
$(if $($(3)_CFLAGS),$(call object-rules,$(3)))
PROGRAMS_$(firstword $(subst /, ,$(1))) += $(OUT)/$(1).elf
$(OUT)/$(1).elf: $(call objects,$(2),$(3)) $(BOARD_OBJS) $(OUT)/libmoat.a $($(3)_LIBS) $(LDSCRIPT) \
    $(wildcard linker/*.ld)
	@mkdir -p $$(@D)
	$$(call show,LD)$(CC) $(CPUFLAGS) $(CODE_FLAGS) $(LDFLAGS) $(BOARD_LDFLAGS) $($(3)_LDFLAGS) $(LDPATHS) \
	    -T $(LDSCRIPT) -o $$@ $(call objects,$(2),$(3)) $(BOARD_OBJS) $($(3)_LIBS) $(OUT)/libmoat.a $(BOARD_LIBS) $(LIBC)
endef

define library
$(if $($(1)_CFLAGS),$(call object-rules,$(1)))
$(OUT)/$(1).a: $(call objects,$(2),$(1))
	$$(call show,AR)rm -f $$@ && $(AR) rcs $$@ $(call objects,$(2),$(1))
endef

# Flags of the C compiler as those of C++.
in-cxx = $(patsubst -std=c11,-std=c++17 -fno-exceptions -fno-rtti -fno-threadsafe-statics,$(1))

# How objects are made, in $(OUT)/obj or, for a program with flags of its own, in $(OUT)/obj-NAME.
define object-rules
$(OUT)/obj$(if $(1),-$(1))/%.c.o: %.c $(BUILD_FILES) $(if $(findstring -fplugin=,$($(1)_CFLAGS)),$(PLUGIN))
	@mkdir -p $$(@D)
	$$(call show,CC)$(COMPILE) $$(CFLAGS) $$(INCLUDES_$$(firstword $$(subst /, ,$$*))) $($(1)_CFLAGS) \
	  -MD -MP -c -o $$@ $$<
$(OUT)/obj$(if $(1),-$(1))/%.cpp.o: %.cpp $(BUILD_FILES)
	@mkdir -p $$(@D)
	$$(call show,CXX)$(COMPILE_CXX) $$(call in-cxx,$$(CFLAGS)) $$(INCLUDES_$$(firstword $$(subst /, ,$$*))) \
	  $($(1)_CFLAGS) -MD -MP -c -o $$@ $$<
$(OUT)/obj$(if $(1),-$(1))/%.S.o: %.S $(BUILD_FILES)
	@mkdir -p $$(@D)
	$$(call show,AS)$(CC) $(CPUFLAGS) $(CODE_FLAGS) $$(INCLUDES_$$(firstword $$(subst /, ,$$*))) -MD -MP -c -o $$@ $$<
-include $$(wildcard $(addprefix $(OUT)/obj$(if $(1),-$(1))/,*/*.d */*/*.d */*/*/*.d))
endef

# A change of how things are built builds them again.
BUILD_FILES := $(BOARD_MK) make/firmware.mk make/program.mk make/warnings.mk

$(eval $(call object-rules))
