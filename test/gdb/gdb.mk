# A build id that is shorter than others.
#
# SPDX-License-Identifier: MIT
gdb_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0x90000 -Wl,--build-id=0x5ca1ab1e
$(eval $(call program,test/gdb,test/gdb/firmware.c test/fresh_heap.c,gdb))
