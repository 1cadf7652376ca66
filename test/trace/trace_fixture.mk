# The program of test/trace/test_roundtrip.py: it sees each event and each reading of the clock as core does.
#
# SPDX-License-Identifier: MIT
trace_fixture_LDFLAGS := -Wl,--wrap=moat_event_add,--wrap=moat_port_clock -Wl,--defsym=MOAT_ARENA_BYTES=6144
$(eval $(call program,test/trace_fixture,test/trace/fixture.c,trace_fixture))
