# SPDX-License-Identifier: MIT
gdb_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0x90000
$(eval $(call program,test/gdb,test/gdb/firmware.c test/fresh_heap.c,gdb))
