/* moat: the late stages of marking. See late.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/late.h"

#include "base/port.h"
#include "fault/assert.h"
#include "mark/finalize.h"
#include "mark/weak.h"

MOAT_FEATURE_(late);

/* Each where it is used. */
#pragma weak moat_weak_begin
#pragma weak moat_weak_step
#pragma weak moat_finalize_condemn
#pragma weak moat_finalize_doom

/* A stack that is added later leads back to before these stages: objects may be condemned already. */
static enum moat_mark_stage after_weak(void) {
    bool none = moat_heap.finalizers.finalizable == NULL && moat_heap.finalizers.condemned == NULL;
    return none ? MOAT_STAGE_FINISHED : MOAT_STAGE_CONDEMN;
}

void moat_late_step(void) {
    MOAT_ASSERT(moat_port_is_masked());
    enum moat_mark_stage stage = moat_heap.mark.stage;
    if (stage == MOAT_STAGE_DECIDE) {
        bool walks = moat_weak_begin != NULL && moat_weak_begin();
        stage = walks ? MOAT_STAGE_WEAK : after_weak();
    } else if (stage == MOAT_STAGE_WEAK) {
        stage = moat_weak_step() ? stage : after_weak();
    } else if (stage == MOAT_STAGE_CONDEMN) {
        stage = moat_finalize_condemn() ? stage : MOAT_STAGE_DOOM;
    } else {
        stage = moat_finalize_doom() ? stage : MOAT_STAGE_FINISHED;
    }
    moat_heap.mark.stage = stage;
}
