# The README's program. The host's linker script gives an arena only if it is told how large.
#
# SPDX-License-Identifier: MIT
queue_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16K
$(eval $(call program,examples/queue,examples/queue/queue.c,queue))
