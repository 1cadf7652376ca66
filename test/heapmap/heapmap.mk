# The heap that test/heapmap/test_target.py has dumped and drawn.
#
# SPDX-License-Identifier: MIT
heapmap_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16384
$(eval $(call program,test/heapmap,test/heapmap/fixture.c test/fresh_heap.c,heapmap))
