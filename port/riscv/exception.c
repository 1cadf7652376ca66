/* moat: RISC-V, what a trap is: the board's interrupt, or a fault to be reported.
 *
 * In the record, cause is mcause, interrupt bit included, and detail is mtval.
 *
 * SPDX-License-Identifier: MIT */
#include "../ending.h"
#include "../port_board.h"
#include "frame.h"

#include <moat_fault.h>

#define CAUSE_INTERRUPT (UINTPTR_MAX / 2 + 1)

/* A bit for each mcause whose mtval is an address that was accessed: misaligned and refused fetches (0, 1),
 * loads (4, 5) and stores (6, 7). */
#define CAUSES_WITH_ADDRESS 0xf3u

void moat_port_dispatch(const struct moat_port_frame *frame, uintptr_t cause, uintptr_t value);

/* Called from trap.S, interrupts masked, on the handlers' stack. */
void moat_port_dispatch(const struct moat_port_frame *frame, uintptr_t cause, uintptr_t value) {
    if ((cause & CAUSE_INTERRUPT) && moat_board_interrupt(cause & ~CAUSE_INTERRUPT)) {
        return;
    }
    moat_port_ending_exception();
    bool accessed = cause < 32 && (CAUSES_WITH_ADDRESS >> cause & 1);
    moat_fault_exception(frame->mepc, frame->ra, frame->sp, accessed ? value : 0, cause, value);
}
