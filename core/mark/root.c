/* moat: roots. See root.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/root.h"

#include "fault/assert.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/sections.h"

#pragma weak moat_root_more

bool moat_root_next(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_heap.mark.stage == MOAT_STAGE_ROOTS);
    uint32_t step = moat_heap.mark.root_step;
    if (step == 0) {
        moat_scan_slots(&moat_heap.mark.scan, (uintptr_t)moat_roots_start, (uintptr_t)moat_roots_end);
    } else if (moat_root_more == NULL || !moat_root_more(step - 1)) {
        return false;
    }
    moat_heap.mark.root_step++;
    return true;
}
