/* moat: running finalizers where they matter most. See finalizers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/finalizers.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "mark/finalize.h"
#include "moat_compiler.h"

MOAT_FEATURE_(finalizers);
MOAT_USES_(finalizers, late, 1);

void moat_finalizers_enter(void *object) {
    moat_port_mask_t masked = moat_port_mask();
    moat_finalize_enter(object);
    moat_port_unmask(masked);
}

bool moat_finalizers_let_go(void) {
    if (moat_heap.finalizers.running) {
        return false;
    }
    moat_finalizers_run();
    moat_cycle_finish();
    return true;
}

void moat_finalizers_run(void) {
    bool shared = moat_cycle_share();
    moat_finalize_run_all();
    moat_cycle_share_end(shared);
}
