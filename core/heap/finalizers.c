/* moat: running finalizers where they matter most. See finalizers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/finalizers.h"

#include "heap/cycle.h"
#include "mark/finalize.h"
#include "moat_compiler.h"

MOAT_FEATURE_(finalizers);
MOAT_USES_(finalizers, late, 1);

void moat_finalizers_run(void) {
    bool shared = moat_cycle_share();
    moat_finalize_run_all();
    moat_cycle_share_end(shared);
}
