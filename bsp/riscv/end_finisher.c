/* moat: RISC-V virt, the test finisher: a device of QEMU's that ends the run or resets the board.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "../common/boot.h"

#define FINISH (*(volatile uint32_t *)0x100000u)
#define FINISH_FAIL 0x3333u /* status in the upper half */
#define FINISH_PASS 0x5555u
#define FINISH_RESET 0x7777u

_Noreturn void bsp_exit(int status) {
    for (;;) {
        FINISH = status == 0 ? FINISH_PASS : (uint32_t)status << 16 | FINISH_FAIL;
    }
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    for (;;) {
        FINISH = FINISH_RESET;
    }
}
