/* moat: the end of a run by semihosting, for boards that have no device for it.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "semihosting.h"

#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

/* Not on the stack: QEMU reads nothing of a page whose first bytes, a guard, the MPU refuses. */
_Noreturn void bsp_exit(int status) {
    static uintptr_t parameters[] = {ADP_STOPPED_APPLICATION_EXIT, 0};
    parameters[1] = (uintptr_t)status;
    for (;;) {
        bsp_semihosting(SEMIHOSTING_EXIT_EXTENDED, parameters);
    }
}
