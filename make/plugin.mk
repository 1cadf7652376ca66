# Builds the compiler plugin (docs/plugin.md), for each compiler that has plugin headers here:
#
#   make -f make/plugin.mk [COMPILERS='arm-none-eabi-gcc ...'] [SANITIZE=address]
#
# It lands in build/gcc-plugin/COMPILER/moat.so, with SANITIZE in build/gcc-plugin-address/COMPILER. scripts/setup runs
# this.
#
# SPDX-License-Identifier: MIT
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

COMPILERS ?= arm-none-eabi-gcc riscv64-unknown-elf-gcc
SANITIZE ?=
CXX := g++

plugin_dir := tools/gcc-plugin
plugin_out := build/gcc-plugin$(if $(SANITIZE),-$(SANITIZE))
plugin_sources := $(wildcard $(plugin_dir)/*.cc)
headers_of = $(shell $(1) -print-file-name=plugin)/include
# GCC's headers are no model of cleanliness.
PLUGIN_CXXFLAGS := -std=c++17 -O1 -fPIC -fno-rtti -fno-exceptions -Wall -Wextra -Werror \
    $(if $(SANITIZE),-g -fsanitize=$(SANITIZE))

define plugin
$(plugin_out)/$(1)/%.o: $(plugin_dir)/%.cc $(plugin_dir)/plugin.h make/plugin.mk
	@mkdir -p $$(@D)
	@echo '  CXX  $$@' && $(CXX) $(PLUGIN_CXXFLAGS) -isystem $(call headers_of,$(1)) -c -o $$@ $$<
$(plugin_out)/$(1)/moat.so: $(plugin_sources:$(plugin_dir)/%.cc=$(plugin_out)/$(1)/%.o)
	@echo '  LD  $$@' && $(CXX) $(PLUGIN_CXXFLAGS) -shared -o $$@.new $$^ && mv -f $$@.new $$@
all: $(plugin_out)/$(1)/moat.so
endef

.PHONY: all
all:
$(foreach c,$(COMPILERS),$(if $(wildcard $(call headers_of,$(c))/gcc-plugin.h),$(eval $(call plugin,$(c)))))
