/* moat: running finalizers where they matter most. See finalizers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/finalizers.h"

#include "heap/cycle.h"
#include "mark/finalize.h"
#include "moat_compiler.h"

MOAT_FEATURE_(finalizers);

void moat_finalizers_run(void) {
    bool shared = moat_cycle_share();
    moat_finalize_run_all();
    moat_cycle_share_end(shared);
}

void moat_finalizers_step(void) {
    if (moat_heap.mark.stage == MOAT_STAGE_CONDEMN) {
        if (!moat_finalize_condemn()) {
            moat_heap.mark.stage = MOAT_STAGE_DOOM;
        }
    } else if (!moat_finalize_doom()) {
        moat_heap.mark.stage = MOAT_STAGE_FINISHED;
    }
}
