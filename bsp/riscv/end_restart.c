/* moat: a RISC-V board that has no device to end a run, and under QEMU none to reset it: semihosting ends, and a reset
 * is a jump to the reset code. Only the PMP's locked entries survive it, and start-up would set the same. On hardware
 * the FE310's watchdog is the way.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "../common/boot.h"
#include "../common/semihosting.h"

#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

_Noreturn void moat_reset(void);

_Noreturn void bsp_exit(int status) {
    static uintptr_t parameters[] = {ADP_STOPPED_APPLICATION_EXIT, 0};
    parameters[1] = (uintptr_t)status;
    for (;;) {
        bsp_semihosting(SEMIHOSTING_EXIT_EXTENDED, parameters);
    }
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
    moat_reset();
}
