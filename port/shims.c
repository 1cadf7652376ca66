/* moat: a port hands these on, in the same way for every CPU family: to the board, and to the fault log.
 *
 * SPDX-License-Identifier: MIT */
#include "base/caller.h"
#include "base/port.h"

#include "port_board.h"

#include <moat_fault.h>

void moat_port_write(const char *text, size_t length) {
    moat_board_write(text, length);
}

uint32_t moat_port_clock(void) {
    return moat_board_clock();
}

void moat_port_boot(struct moat_port_boot *out) {
    out->boots = out->reset_cause = out->uptime = out->clock_hz = 0; /* what a board does not know is 0 */
    moat_board_boot(out);
}

_Noreturn void moat_port_misused(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    moat_fault_misused(pc, sp, other);
}

_Noreturn void moat_port_overwritten(unsigned invariant, uintptr_t where) {
    moat_fault_overwritten(invariant, where, MOAT_CALLER());
}
