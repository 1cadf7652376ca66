# The self-test of a port: as every program is linked, and with all that --gc-sections would drop.
#
# SPDX-License-Identifier: MIT
PORT_TEST_SRCS := $(addprefix test/port/,port.c cases.c faults.c) test/harness.c test/cpu_$(PORT).S
$(eval $(call program,test/port,$(PORT_TEST_SRCS),port))

port_sections_LDFLAGS := -Wl,--no-gc-sections
$(eval $(call program,test/port_sections,$(PORT_TEST_SRCS),port_sections))
