# The heap that test/heapmap/test_target.py has dumped and drawn, of a build whose id is not as long as others are.
#
# SPDX-License-Identifier: MIT
heapmap_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16384 -Wl,--build-id=md5
$(eval $(call program,test/heapmap,test/heapmap/fixture.c test/fresh_heap.c,heapmap))
