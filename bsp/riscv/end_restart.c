/* moat: a RISC-V board that has no device to end a run, and under QEMU none to reset it: common/exit.c ends, and a
 * reset is a jump to the reset code. Only the PMP's locked entries survive it, and start-up would set the same. On
 * hardware the FE310's watchdog is the way.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "../common/boot.h"

_Noreturn void moat_reset(void);

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
    moat_reset();
}
