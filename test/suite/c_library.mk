# The library's data comes first in .data and in .bss, and all of it is zero.
#
# SPDX-License-Identifier: MIT
c_library_LDFLAGS := -Ltest/suite/support/c_library
c_library_LIBS := $(OUT)/libowned.a
$(eval $(call library,libowned,test/suite/support/c_library/owned.c))
$(OUT)/test/c_library.elf: test/suite/support/c_library/moat_c_owned.ld test/suite/support/c_library/moat_c_owned_bss.ld
