/* Situations. See situation.h. Handlers do the collector's work without changing its phase, which is how it comes to
 * stand right before a change.
 *
 * SPDX-License-Identifier: MIT */
#include "situation.h"

#include "node.h"

#include "heap/cycle.h"
#include "heap/pace.h"
#include "space/granule.h"
#include "space/sweep.h"

#include <bsp.h>
#include <moat.h>

#define SLICES_MAX 100000u

const char *situation_name(enum situation situation) {
    static const char *const names[SITUATIONS] = {
        "idle",     "before the start",     "marking, stacks grey", "marking", "before marking ends",
        "sweeping", "before the sweep ends"};
    return names[situation];
}

static bool stacks_scanned(void) {
    return moat_heap.mark.stage > MOAT_STAGE_STACKS;
}

static bool all_marked(void) {
    return moat_heap.mark.stage == MOAT_STAGE_FINISHED;
}

static bool sweeping(void) {
    return moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
}

static bool half_swept(void) {
    const struct moat_arena *arena = moat_heap.sweep.arena;
    return arena == NULL || moat_heap.sweep.word >= moat_arena_words(arena) / 2;
}

static bool all_swept(void) {
    return moat_sweep_is_over();
}

/* One slice, as an allocation in a handler does it. */
static void slice_in_handler(void) {
    moat_cycle_pace();
}

static bool step_in_handlers(bool (*arrived)(void)) {
    for (uint32_t i = 0; i < SLICES_MAX && !arrived(); i++) {
        bsp_interrupt(slice_in_handler);
    }
    return arrived();
}

static bool step_in_thread(bool (*arrived)(void)) {
    for (uint32_t i = 0; i < SLICES_MAX && !arrived(); i++) {
        moat_cycle_step(1);
    }
    return arrived();
}

static bool enter_sweep(bool (*arrived)(void)) {
    if (!step_in_thread(sweeping)) {
        return false;
    }
    return step_in_handlers(arrived) && moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
}

bool situation_enter(enum situation situation) {
    moat_cycle_finish();
    if (moat_pace_due()) { /* what was built may have used up all that lies before the stop */
        moat_cycle_start();
        moat_cycle_finish();
    }
    moat_heap.cycle.requested = situation == SITUATION_BEFORE_START;
    if (situation <= SITUATION_BEFORE_START) {
        return moat_pace_due() == (situation == SITUATION_BEFORE_START);
    }
    moat_cycle_start();
    switch (situation) {
    case SITUATION_MARK_GREY:
        return moat_heap.cycle.phase == MOAT_PHASE_MARK &&
               moat_heap.mark.stacks_grey == (moat_heap.tables.stacks != NULL);
    case SITUATION_MARK_LATER:
        return step_in_thread(stacks_scanned) && moat_heap.cycle.phase == MOAT_PHASE_MARK &&
               !moat_heap.mark.stacks_grey;
    case SITUATION_MARK_END:
        return step_in_thread(stacks_scanned) && step_in_handlers(all_marked) &&
               moat_heap.cycle.phase == MOAT_PHASE_MARK;
    case SITUATION_SWEEP:
        return enter_sweep(half_swept);
    default:
        return enter_sweep(all_swept);
    }
}

void situation_leave(size_t bytes) {
    while (moat_gc_step(MOAT_CONFIG_SLICE_UNITS) == 1) {
    }
    node_overwrite_free(bytes);
}
