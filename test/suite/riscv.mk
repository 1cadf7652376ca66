# Who owns traps, where the CPU has no register that tells thread mode from a handler.
#
# SPDX-License-Identifier: MIT
ifeq ($(PORT),riscv)
own_traps_LDFLAGS := -Wl,--wrap=moat_port_write
start_up_LDFLAGS := -Wl,--wrap=moat_port_write
$(eval $(call program,test/own_traps,test/riscv/own_traps.c test/harness.c test/console.c,own_traps))
$(eval $(call program,test/start_up,test/riscv/start_up.c test/harness.c test/console.c,start_up))
endif
