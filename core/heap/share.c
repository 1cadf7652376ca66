/* moat: one cycle for all that a failing allocation calls. See cycle.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/assert.h"
#include "base/port.h"
#include "heap/cycle.h"

bool moat_cycle_share(void) {
    MOAT_ASSERT(!moat_port_in_handler() && (MOAT_CONFIG_TASKS || moat_heap.front.inside != 0));
    bool begins = moat_heap.cycle.shared_on == 0;
    if (begins) {
        moat_heap.cycle.shared_on = moat_heap.front.stack_low;
        moat_heap.cycle.shared_after = moat_heap.cycle.number;
    }
    return begins;
}

void moat_cycle_share_end(bool began) {
    if (began) {
        moat_heap.cycle.shared_on = 0;
    }
}
