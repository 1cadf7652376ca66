/* moat: the collector's cycle. See cycle.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "cycle.h"

#include "cursor.h"
#include "finalize.h"
#include "granule.h"
#include "mark.h"
#include "port.h"
#include "result.h"
#include "root.h"
#include "stack.h"
#include "sweep.h"

/* Objects in use have the colour `live`; turning its meaning makes them white, all at once. */
static void flip_colour(void) {
    moat_heap.live = ~moat_heap.live;
    for (uint32_t i = 0; i < moat_heap.arena_count; i++) {
        struct moat_arena *arena = moat_heap.arenas[i];
        uint32_t fence = arena->granules - 1;
        arena->bits[fence >> 5].mark ^= moat_bit(fence);
    }
    moat_cursor_recolour();
}

void moat_cycle_start(void) {
    moat_port_mask_t masked = moat_port_mask();
    flip_colour();
    moat_heap.expected_work = moat_heap.work + moat_heap.since / 4;
    moat_heap.work = 0;
    moat_heap.since = 0;
    moat_heap.stats.marked = 0;
    moat_heap.cycle++;
    moat_heap.requested = false;
    moat_heap.buffered = 0;
    moat_heap.root_step = 0;
    moat_heap.stage = MOAT_STAGE_ROOTS;
    moat_heap.finalizable_at = NULL;
    moat_heap.doomed_at = moat_heap.doomed;
    moat_scan_begin(&moat_heap.scan, NULL, 0, 0, false);
    moat_heap.stacks_grey = true;
    moat_heap.phase = MOAT_PHASE_MARK;
    moat_heap.marking = 1;
    moat_port_unmask(masked);
    moat_stack_scan_current();
    moat_heap.stacks_grey = moat_stack_any_grey();
}

/* What marking does when nothing is grey. False: nothing that may be done here and now. */
static bool next_stage_step(void) {
    switch (moat_heap.stage) {
    case MOAT_STAGE_ROOTS:
        if (!moat_root_next() && !moat_finalize_shade_doomed()) {
            moat_heap.stage = MOAT_STAGE_STACKS;
        }
        return true;
    case MOAT_STAGE_CONDEMN:
        if (!moat_finalize_condemn()) {
            moat_heap.stage = MOAT_STAGE_DOOM;
        }
        return true;
    case MOAT_STAGE_DOOM:
        if (!moat_finalize_doom()) {
            moat_heap.stage = MOAT_STAGE_FINISHED;
        }
        return true;
    case MOAT_STAGE_STACKS:
    case MOAT_STAGE_FINISHED:
        break;
    }
    return false;
}

static void mark_slice(uint32_t units) {
    uint32_t left = units;
    do {
        left = moat_mark_some(left);
    } while (left != 0 && next_stage_step() && --left != 0);
    moat_heap.work += units - left;
}

static uint32_t clock_now(void) {
    return MOAT_CONFIG_SLICE_CLOCK != 0 ? moat_port_clock() : 0;
}

/* Interrupts masked. The bounded piece of work that a slice is. */
static void run_slice(uint32_t units) {
    uint32_t before = clock_now();
    if (moat_heap.phase == MOAT_PHASE_MARK) {
        mark_slice(units);
    } else if (moat_heap.phase == MOAT_PHASE_SWEEP) {
        (void)moat_sweep_some(units);
    }
    uint32_t took = clock_now() - before;
    moat_heap.stats.slices++;
    if (took > moat_heap.stats.slice_clock_max) {
        moat_heap.stats.slice_clock_max = took;
    }
    if (units > moat_heap.stats.slice_units_max) {
        moat_heap.stats.slice_units_max = units;
    }
}

static bool nothing_grey(void) {
    uint32_t units = 1;
    return moat_mark_some(units) == units;
}

/* Interrupts masked, thread mode: every stage is done and nothing is grey, so all that is white is dead. */
static void end_marking(void) {
    moat_heap.marking = 0;
    moat_heap.phase = MOAT_PHASE_SWEEP;
    moat_sweep_begin();
}

/* Thread mode: the changes that handlers leave undone. */
static void change_phase(void) {
    if (moat_heap.phase == MOAT_PHASE_MARK && moat_heap.stage == MOAT_STAGE_STACKS) {
        if (!moat_stack_scan_next()) {
            moat_heap.stacks_grey = false;
            moat_heap.stage = MOAT_STAGE_CONDEMN;
        }
    } else if (moat_heap.phase == MOAT_PHASE_MARK && moat_heap.stage == MOAT_STAGE_FINISHED) {
        moat_port_mask_t masked = moat_port_mask();
        if (nothing_grey()) {
            end_marking();
        }
        moat_port_unmask(masked);
    } else if (moat_heap.phase == MOAT_PHASE_SWEEP) {
        moat_port_mask_t masked = moat_port_mask();
        if (moat_sweep_left() == 0) {
            moat_heap.phase = MOAT_PHASE_IDLE;
            moat_heap.stats.cycles++;
        }
        moat_port_unmask(masked);
    }
}

void moat_cycle_step(uint32_t units) {
    moat_port_mask_t masked = moat_port_mask();
    run_slice(units);
    moat_port_unmask(masked);
    change_phase();
}

void moat_cycle_finish(void) {
    while (moat_heap.phase != MOAT_PHASE_IDLE) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
}

bool moat_cycle_due(void) {
    return moat_heap.arena_count != 0 && (moat_heap.requested || moat_heap.free_granules * MOAT_CONFIG_PACE <= moat_heap.work + moat_heap.since / 4);
}

/* No cycle's marking takes more: a granule has two words, a word costs at most a piece and a slot. */
static uint32_t most_work(void) {
    uint32_t used = moat_granules(moat_heap.stats.arena_bytes) - moat_heap.free_granules;
    return 4 * used + moat_root_units();
}

/* What is left of this phase: by the guess while it holds, then by the bound. */
static uint32_t units_left(void) {
    if (moat_heap.phase == MOAT_PHASE_SWEEP) {
        return moat_sweep_left();
    }
    if (moat_heap.work < moat_heap.expected_work) {
        return moat_heap.expected_work - moat_heap.work;
    }
    uint32_t most = most_work();
    return most > moat_heap.work ? most - moat_heap.work : 0;
}

/* Work per granule is what is left over what is free, and never less than MOAT_CONFIG_PACE: so the work runs out before the
 * memory does (docs/design.md, "Pacing"). */
static uint32_t owed_units(uint32_t granules) {
    uint32_t left = units_left() + MOAT_CONFIG_SLICE_UNITS;
    uint32_t free = moat_heap.free_granules + 1;
    uint32_t pace = left / free + MOAT_CONFIG_PACE;
    return granules < left / pace ? granules * pace : left;
}

static void pace_in_handler(void) {
    moat_port_mask_t masked = moat_port_mask();
    if (moat_heap.phase != MOAT_PHASE_IDLE) {
        run_slice(MOAT_CONFIG_SLICE_UNITS);
    } else if (moat_cycle_due()) {
        moat_heap.requested = true;
    }
    moat_port_unmask(masked);
}

void moat_cycle_pace(void) {
    if (moat_port_in_handler()) {
        pace_in_handler();
        return;
    }
#if MOAT_CONFIG_STRESS_COLLECT
    moat_cycle_finish();
    moat_cycle_start();
    moat_cycle_finish();
#endif
    if (moat_heap.phase == MOAT_PHASE_IDLE && moat_cycle_due()) {
        moat_cycle_start();
    }
    uint32_t units = moat_heap.phase == MOAT_PHASE_IDLE ? 0 : owed_units(moat_heap.owed);
    moat_heap.owed = 0;
    while (units != 0 && moat_heap.phase != MOAT_PHASE_IDLE) {
        uint32_t slice = units < MOAT_CONFIG_SLICE_UNITS ? units : MOAT_CONFIG_SLICE_UNITS;
        moat_cycle_step(slice);
        units -= slice;
    }
    (void)moat_finalize_run();
}

int moat_gc_step(size_t budget) {
    static const char call[] = "moat_gc_step";
    int result = moat_require_thread(call);
    if (result != MOAT_OK) {
        return result;
    }
    if (budget == 0) {
        return moat_refuse(MOAT_ERR_SIZE, call, "the budget must be 1 unit or more", 0);
    }
    if (moat_heap.phase == MOAT_PHASE_IDLE && moat_cycle_due()) {
        moat_cycle_start();
    }
    while (budget != 0 && moat_heap.phase != MOAT_PHASE_IDLE) {
        uint32_t slice = budget < MOAT_CONFIG_SLICE_UNITS ? (uint32_t)budget : MOAT_CONFIG_SLICE_UNITS;
        moat_cycle_step(slice);
        budget -= slice;
    }
    (void)moat_finalize_run();
    return moat_heap.phase == MOAT_PHASE_IDLE ? 0 : 1;
}

int moat_gc_collect(void) {
    int result = moat_require_thread("moat_gc_collect");
    if (result != MOAT_OK) {
        return result;
    }
    moat_cycle_finish();
    moat_cycle_start();
    moat_cycle_finish();
    moat_finalize_run_all();
    return MOAT_OK;
}
