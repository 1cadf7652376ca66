/* moat: what a trap ends in, and the rest of what the port asks of every board.
 *
 * SPDX-License-Identifier: MIT */
#include "../../port/port_board.h"
#include "../bsp.h"

static volatile enum bsp_trap_action trap_action = BSP_TRAP_EXIT;

void bsp_on_trap(enum bsp_trap_action action) {
    trap_action = action;
}

_Noreturn void moat_board_trap_end(bool again) {
    if (again || trap_action == BSP_TRAP_EXIT) {
        bsp_exit(BSP_TRAP_STATUS);
    }
    bsp_reset();
}

void moat_board_write(const char *text, size_t length) {
    bsp_write(text, length);
}

uint32_t moat_board_clock(void) {
    return bsp_instructions();
}
