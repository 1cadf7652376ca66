# The tracker, and the tracker with the classic bug in it. See README.md.
#
# SPDX-License-Identifier: MIT
tracker_dir := examples/tracker

# The host's linker script gives no arena.
tracker_others := $(if $(filter host,$(PORT)),heap.c,heap_host.c)
TRACKER_SRCS := $(filter-out $(addprefix $(tracker_dir)/,$(tracker_others)),$(wildcard $(tracker_dir)/*.c))
TRACKER_LIB_SRCS := $(wildcard $(tracker_dir)/radio/*.c)
TRACKER_LDPATHS := -L$(tracker_dir)

$(eval $(call library,libradio,$(TRACKER_LIB_SRCS)))

tracker_LDFLAGS := $(TRACKER_LDPATHS)
tracker_LIBS := $(OUT)/libradio.a
$(eval $(call program,examples/tracker,$(TRACKER_SRCS),tracker))

tracker-bug_CFLAGS := -DTRACKER_BUG=1
tracker-bug_LDFLAGS := $(tracker_LDFLAGS)
tracker-bug_LIBS := $(tracker_LIBS)
$(eval $(call program,examples/tracker-bug,$(TRACKER_SRCS),tracker-bug))

$(OUT)/examples/tracker.elf $(OUT)/examples/tracker-bug.elf: $(tracker_dir)/moat_c_owned.ld
