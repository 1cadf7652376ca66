# The guard's cases: tables that test/guard/run.c runs.
#
# SPDX-License-Identifier: MIT
GUARD_SRCS := test/fresh_heap.c test/console.c $(addprefix test/guard/,fixture.c helpers.c message.c run.c)
GUARD_LDFLAGS := -Wl,--wrap=moat_port_write -Wl,--defsym=MOAT_ARENA_BYTES=0 -Wl,--defsym=MOAT_STACK_BYTES=512K

guard_cases_SRCS := $(GUARD_SRCS)
guard_cases_LDFLAGS := $(GUARD_LDFLAGS)

guard_slots_SRCS := $(GUARD_SRCS)
guard_slots_LDFLAGS := $(GUARD_LDFLAGS)

# The C library's copies, wrapped as docs/guard.md says.
guard_wrap_SRCS := $(GUARD_SRCS) wrap/memory.c wrap/string.c $(if $(filter armv%,$(PORT)),wrap/aeabi.c)
guard_wrap_CFLAGS := -fno-builtin
guard_wrap_LDFLAGS := $(GUARD_LDFLAGS) @linker/moat_wrap.opts

