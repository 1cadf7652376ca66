# The helpers of lib/. The host's linker script gives an arena only if it is told how large.
#
# SPDX-License-Identifier: MIT
collections_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16K
$(eval $(call program,examples/collections,examples/collections/collections.c,collections))
