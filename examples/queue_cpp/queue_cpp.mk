# The queue in C++. The host's linker script gives an arena only if it is told how large.
#
# SPDX-License-Identifier: MIT
queue_cpp_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16K
$(eval $(call program,examples/queue_cpp,examples/queue_cpp/queue_cpp.cpp,queue_cpp))
