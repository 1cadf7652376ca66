# Programs for Cortex-M boards alone.
#
# SPDX-License-Identifier: MIT
ifeq ($(PORT),armv7m)
priorities_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
$(eval $(call program,test/priorities,test/cortexm/priorities.c test/harness.c test/suite/support/node.c,priorities))
endif
