# Firmware whose stores are plain C, built with the compiler plugin: the README's queue, the tracker, the guard's table
# and the model's random firmware, whose macros are assignments and builtins here.
#
# SPDX-License-Identifier: MIT
PLAIN := $(PLUGIN_MANAGED) -include test/plugin/plain.h

queue_plain_CFLAGS := $(PLUGIN_MANAGED)
queue_plain_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=16K
$(eval $(call program,test/queue_plain,examples/queue/queue_plain.c,queue_plain))

tracker_plain_CFLAGS := $(PLAIN)
tracker_plain_LDFLAGS := $(TRACKER_LDPATHS)
tracker_plain_LIBS := $(OUT)/libradio.a
$(eval $(call program,test/tracker_plain,$(TRACKER_SRCS),tracker_plain))

# Both, counted.
tracker_counted_LDFLAGS := $(TRACKER_LDPATHS) -Wl,--wrap=bsp_exit
tracker_counted_LIBS := $(OUT)/libradio.a
$(eval $(call program,test/tracker_counted,$(TRACKER_SRCS) test/plugin/count.c,tracker_counted))

tracker_counted_plain_CFLAGS := $(PLAIN)
tracker_counted_plain_LDFLAGS := $(tracker_counted_LDFLAGS)
tracker_counted_plain_LIBS := $(OUT)/libradio.a
$(eval $(call program,test/tracker_counted_plain,$(TRACKER_SRCS) test/plugin/count.c,tracker_counted_plain))

# The tests' own support keeps pointers where nothing scans, on purpose, and is built as ever.
$(eval $(call library,plain_support,$(addprefix test/,console.c fresh_heap.c harness.c)))
$(eval $(call library,plain_shadow,test/shadow.c test/task.c test/cpu_$(PORT).S \
    $(addprefix test/suite/support/,holders.c meddler.c)))
$(eval $(call library,plain_fixture,$(addprefix test/guard/,fixture.c message.c run.c)))

model_plain_CFLAGS := $(PLAIN)
model_plain_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
model_plain_LIBS := $(OUT)/plain_shadow.a $(OUT)/plain_support.a
$(eval $(call program,test/model_plain,test/suite/model.c,model_plain))

guard_plain_CFLAGS := $(PLAIN) -include test/plugin/plain_parts.h
guard_plain_LDFLAGS := -Wl,--wrap=moat_port_write -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--defsym=MOAT_STACK_BYTES=512K
guard_plain_LIBS := $(OUT)/plain_fixture.a $(OUT)/plain_support.a
$(eval $(call program,test/guard_plain,test/suite/guard_cases.c test/guard/helpers.c,guard_plain))

descriptors_plain_CFLAGS := $(PLUGIN_MANAGED)
descriptors_plain_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
descriptors_plain_LIBS := $(OUT)/plain_support.a
$(eval $(call program,test/descriptors_plain,test/plugin/descriptors.c,descriptors_plain))

# A library that is checked only; the firmware that calls it is built as ever.
libplanted_CFLAGS := $(PLUGIN_CHECK)
$(eval $(call library,libplanted,test/plugin/planted.c))
planted_LIBS := $(OUT)/libplanted.a
$(eval $(call program,test/planted,test/plugin/planted_main.c,planted))

# Objects that are lost without the barrier: by the plugin, and without it, where they must be.
moved_plain_CFLAGS := $(PLUGIN_MANAGED)
moved_plain_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
moved_plain_LIBS := $(OUT)/plain_support.a
$(eval $(call program,test/moved_plain,test/plugin/moved.c,moved_plain))

moved_raw_CFLAGS := -DMOVED_RAW=1
moved_raw_LDFLAGS := $(moved_plain_LDFLAGS)
moved_raw_LIBS := $(OUT)/plain_support.a
$(eval $(call program,test/moved_raw,test/plugin/moved.c,moved_raw))

ifneq ($(PORT),host)
tasks_plain_CFLAGS := $(PLAIN)
tasks_plain_LDFLAGS := -Wl,--defsym=MOAT_ARENA_BYTES=0
$(eval $(call library,plain_kernel,$(addprefix test/kernel/,kernel.c kernel_$(PORT).c) \
    $(addprefix test/suite/support/,node.c step.c) test/harness.c))
tasks_plain_LIBS := $(OUT)/plain_kernel.a
$(eval $(call program,test/tasks_plain,test/suite/task_barrier.c test/kernel/kernel_$(PORT).S,tasks_plain))
endif
