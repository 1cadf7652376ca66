/* moat: the collector's cycle. See cycle.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"

#include "heap/finalizers.h"
#include "heap/pace.h"
#include "base/free.h"
#include "guard/audit.h"
#include "base/event.h"
#include "fault/assert.h"
#include "fault/fault.h"
#include "mark/finalize.h"
#include "mark/late.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/result.h"
#include "mark/owner.h"
#include "mark/root.h"
#include "mark/stack.h"
#include "mark/stray.h"
#include "space/search.h"
#include "space/sweep.h"
#include "space/take.h"
#include "heap/utilisation.h"

/* Where stacks are registered, types have finalizers, or weak references are made. */
#pragma weak moat_stacks_first_grey
#pragma weak moat_stacks_scan_next
#pragma weak moat_finalize_shade_doomed
#pragma weak moat_finalize_run
#pragma weak moat_finalizers_run
#pragma weak moat_late_step

/* The cost of a step from stage to stage, or to the next root range, in units of some ten to fifteen instructions. */
#define STEP_UNITS 6u

/* The cost of a request beside its payment. */
#define REQUEST_UNITS 12u

/* The cost of a slice's begin and end. */
#define SLICE_UNITS 10u

/* Marking that takes more units than so many for each granule, and some for roots, may not end. */
#define PATIENCE_UNITS 16u
#define PATIENCE_UNITS_MORE 4096u

/* Whether somebody looks at each slice. */
#define SLICES_SHOW (MOAT_CONFIG_SLICE_CLOCK != 0 || MOAT_CONFIG_AUDIT != 0 || MOAT_CONFIG_EVENTS > 0)

/* Whether a payment may mark without all that surrounds a slice: where code may be large. */
#define PAYS_AT_ONCE (!MOAT_SMALL_ && !MOAT_CONFIG_TASKS && !SLICES_SHOW)

static uint32_t clock_now(void) {
    return MOAT_CONFIG_SLICE_CLOCK != 0 ? moat_port_clock() : 0;
}

/* A stack's scan is not masked: handlers may run slices meanwhile. */
static void note_scan(uint32_t began, uint32_t busy) {
    if (MOAT_CONFIG_SLICE_CLOCK != 0) {
        moat_port_mask_t masked = moat_port_mask();
        moat_utilisation_add(began, clock_now(), busy);
        moat_port_unmask(masked);
    }
}

static void scan_current_stack(void) {
    uint32_t busy = moat_utilisation_busy(), began = clock_now();
    moat_stack_scan_current();
    note_scan(began, busy);
}

/* Returns its units, 0: there is none. They are part of the cycle's work. */
static uint32_t scan_next_stack(void) {
    uint32_t busy = moat_utilisation_busy(), began = clock_now();
    uint32_t units = moat_stacks_scan_next();
    note_scan(began, busy);
    moat_heap.pace.work += units;
    return units;
}

/* Returns the units left. */
static uint32_t look_up_words(uint32_t units) {
    uint32_t busy = moat_utilisation_busy(), began = clock_now();
    uint32_t left = moat_stack_look_up(units);
    note_scan(began, busy);
    moat_heap.pace.work += units - left;
    return left;
}

/* All objects are white. The closing fences are not, so that the sweep leaves them, and what is made from now on is
 * not. Out of line: the scan of the stack comes next, and a register that still pointed at the fence's bits, which lie
 * right before the arena's first object, would keep it. */
__attribute__((noinline)) static void begin_black(void) {
    for (struct moat_arena *arena = moat_heap.arenas.table[0]; arena != NULL; arena = arena->next) {
        uint32_t fence = arena->granules - 1;
        arena->bits[fence >> 5].mark &= ~moat_bit(fence);
    }
    moat_take_begin_marking();
}

static bool stacks_are_grey(void) {
    return moat_heap.tables.stacks != NULL && moat_stacks_first_grey() != NULL;
}

void moat_cycle_start(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    moat_port_mask_t masked = moat_port_mask();
    moat_pace_begin_marking();
    begin_black();
    moat_heap.cycle.number++;
#if MOAT_CONFIG_TASKS
    moat_heap.mark.stack = NULL;
#endif
    moat_heap.mark.root_step = 0; /* its scan is over; without an arena, the last root's begins once more */
    moat_heap.mark.patience = PATIENCE_UNITS * moat_granules(moat_heap.stats.arena_bytes) + PATIENCE_UNITS_MORE;
    moat_heap.mark.stage = MOAT_STAGE_ROOTS;
    moat_heap.mark.stacks_grey = true;
    moat_heap.finalizers.condemn_at = NULL;
    moat_heap.finalizers.shade_at = moat_heap.finalizers.doomed;
    moat_heap.cycle.phase = MOAT_PHASE_MARK;
    moat_heap.cycle.requested = false;
    moat_heap.marking = 1;
    MOAT_EVENT(MOAT_EVENT_CYCLE_BEGIN, moat_heap.cycle.number);
    moat_port_unmask(masked);
    scan_current_stack();
    masked = moat_owner_mask();
    moat_heap.mark.stacks_grey = stacks_are_grey();
    moat_owner_unmask(masked);
}

/* The next stage of marking when nothing is grey. False: nothing that may be done here and now. */
static bool next_stage_step(void) {
    if (moat_heap.mark.stage == MOAT_STAGE_ROOTS) {
        if (!moat_root_next() && (moat_heap.finalizers.shade_at == NULL || !moat_finalize_shade_doomed())) {
            moat_heap.mark.stage = MOAT_STAGE_STACKS;
        }
        return true;
    }
    if (moat_heap.mark.stage >= MOAT_STAGE_DECIDE && moat_heap.mark.stage < MOAT_STAGE_FINISHED) {
        moat_late_step();
        return true;
    }
    return false;
}

/* A header that was written over may lead back in its grey list; where it is the fence's, the list seems to end there.
 */
static void look_for_circles(void) {
    moat_heap.mark.patience *= 2;
    for (const struct moat_arena *arena = moat_heap.arenas.table[0]; arena != NULL; arena = arena->next) {
        uint32_t granule = arena->grey, left = arena->granules;
        while (granule != moat_grey_end(arena)) {
            uintptr_t at = moat_granule_address(arena, granule);
            MOAT_REQUIRE(moat_is_object_granule(arena, granule) && left-- != 0, 7, at);
            granule = moat_header_link(*moat_header_at(at));
        }
        uintptr_t fence = moat_granule_address(arena, granule);
        MOAT_REQUIRE(moat_is_hole(*moat_header_at(fence)), 7, fence);
    }
}

/* Returns the units left: no more can be done here and now. A task that visits may find, behind a window, that the
 * owner has ended marking. */
static uint32_t mark_slice(uint32_t units, moat_port_mask_t masked) {
    uint32_t left = units;
    while (left != 0 && (!MOAT_CONFIG_TASKS || moat_heap.cycle.phase == MOAT_PHASE_MARK)) {
        left = moat_mark_some(left, masked);
        if (left == 0 || !next_stage_step()) {
            break;
        }
        left -= left < STEP_UNITS ? left : STEP_UNITS;
        if (!SLICES_SHOW) { /* what comes has a slice of its own */
            moat_port_window(masked);
        }
    }
    moat_heap.pace.work += units - left;
    if (moat_heap.pace.work > moat_heap.mark.patience) {
        look_for_circles();
    }
    return left;
}

/* Interrupts masked. A slice; while marking, as many as `units` take. Returns the units left. */
static uint32_t run_slice(uint32_t units, moat_port_mask_t masked) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(units != 0);
    MOAT_EVENT(MOAT_EVENT_SLICE_BEGIN, units);
    uint32_t before = clock_now();
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        units = mark_slice(units, masked);
    } else if (moat_heap.cycle.phase == MOAT_PHASE_SWEEP) {
        units = moat_sweep_some(units);
    }
    uint32_t after = clock_now(), took = after - before;
    moat_utilisation_add(before, after, moat_utilisation_busy());
    moat_heap.stats.slices++;
    if (took > moat_heap.stats.slice_clock_max) {
        moat_heap.stats.slice_clock_max = took;
    }
    MOAT_EVENT(MOAT_EVENT_SLICE_END, moat_event_free_bytes());
    return units;
}

static bool nothing_grey(moat_port_mask_t masked) {
    return moat_mark_some(1, masked) != 0;
}

/* Interrupts masked, thread mode: every stage is done and nothing is grey, so all that is white is dead. */
static void end_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.mark.stage == MOAT_STAGE_FINISHED);
    MOAT_EVENT(MOAT_EVENT_SWEEP_BEGIN, moat_heap.pace.work);
    MOAT_ASSERT(!moat_stack_waits());
    moat_pace_end_marking();
    moat_heap.marking = 0;
    moat_heap.cycle.phase = MOAT_PHASE_SWEEP;
    moat_take_begin_sweep();
    moat_sweep_begin();
}

/* All that is white now will be freed. If a slot leads there, no barrier told of it. */
static void check_barrier(void) {
    struct moat_stray stray;
    if (!moat_stray_find(&stray)) {
        return;
    }
    if (stray.freed) {
        const struct moat_heap_error error = {8, stray.slot, "a slot points at freed memory"};
        moat_fault_corrupt(&error);
    }
    /* The last to enter may have been another task. */
    uintptr_t pc = MOAT_CONFIG_TASKS ? MOAT_CALLER() : moat_heap.front.caller;
    moat_fault_raw_store(pc, (uintptr_t)stray.slot, stray.holder, stray.type == NULL ? NULL : stray.type->name,
                         (uintptr_t)*stray.slot);
}

/* A task may have been added since the last one was looked for. */
static void end_stacks(void) {
    moat_port_mask_t masked = moat_owner_mask();
    if (!MOAT_CONFIG_TASKS || !stacks_are_grey()) {
        moat_heap.mark.stacks_grey = false;
        moat_heap.mark.stage = moat_late_step == NULL ? MOAT_STAGE_FINISHED : MOAT_STAGE_DECIDE;
    }
    moat_owner_unmask(masked);
}

/* The owner: the changes that handlers and visitors leave undone. Returns the units that they took, where that is worth
 * a count. */
static uint32_t change_phase(void) {
    MOAT_ASSERT(!moat_port_in_handler());
    uint32_t units = 0;
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_heap.mark.stage == MOAT_STAGE_STACKS) {
        units = moat_heap.tables.stacks == NULL ? 0 : scan_next_stack();
        if (units == 0) {
            end_stacks();
        }
    } else if (moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_heap.mark.stage == MOAT_STAGE_FINISHED) {
        moat_port_mask_t masked = moat_port_mask();
        if (nothing_grey(masked) && (!MOAT_CONFIG_TASKS || moat_heap.mark.stage == MOAT_STAGE_FINISHED)) {
            end_marking();
            if (MOAT_CONFIG_CHECK_BARRIER != 0) {
                check_barrier();
            }
        }
        moat_port_unmask(masked);
    } else if (moat_heap.cycle.phase == MOAT_PHASE_SWEEP) {
        moat_port_mask_t masked = moat_port_mask();
        if (moat_sweep_is_over()) {
            moat_heap.cycle.phase = MOAT_PHASE_IDLE;
            moat_take_begin_idle();
            moat_sweep_set_stop();
            moat_heap.stats.cycles++;
            moat_heap.cycle.requested = moat_heap.cycle.requested || MOAT_CONFIG_CHECK_BARRIER != 0;
            MOAT_EVENT(MOAT_EVENT_CYCLE_END, moat_event_free_bytes());
        }
        moat_port_unmask(masked);
    }
    return units;
}

/* Words that a scan has copied come first: marking does not end before. */
uint32_t moat_cycle_step(uint32_t units) {
    if (moat_stack_waits()) {
        units = look_up_words(units);
        if (units == 0) {
            return 0;
        }
    }
    moat_port_mask_t masked = moat_port_mask();
    units = run_slice(units, masked);
    moat_port_unmask(masked);
    if (MOAT_CONFIG_AUDIT != 0) {
        moat_audit_slice(MOAT_CONFIG_AUDIT);
    }
    uint32_t more = change_phase();
    return units > more ? units - more : 0;
}

void moat_cycle_finish(void) {
    uint32_t number = moat_heap.cycle.number;
    while (moat_heap.cycle.phase != MOAT_PHASE_IDLE && moat_cycle_is(number)) {
        (void)moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
        moat_owner_yield();
    }
}

/* Finishes the cycle that runs and, unless other tasks have, runs a whole new one. */
static void run_whole(void) {
    uint32_t number = moat_heap.cycle.number;
    moat_cycle_finish();
    if (moat_cycle_is(number)) {
        moat_cycle_start();
    }
    moat_cycle_finish();
}

bool moat_cycle_visit(bool marks) {
    moat_port_mask_t masked = moat_port_mask();
    enum moat_phase phase = moat_heap.cycle.phase;
    bool works =
        phase == MOAT_PHASE_SWEEP ? !moat_sweep_is_over() : marks && phase == MOAT_PHASE_MARK && !moat_heap.mark.busy;
    if (works) {
        (void)run_slice(MOAT_CONFIG_SLICE_UNITS, masked);
    }
    moat_port_unmask(masked);
    return works;
}

/* Marking opens windows by itself; where each slice is to be seen, they are run one by one. Where marking ends
 * meanwhile, no more than `sweeping` units follow. */
static void work(uint32_t units, uint32_t sweeping) {
    while (units != 0 && moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        bool marks = moat_heap.cycle.phase == MOAT_PHASE_MARK, whole = marks && !SLICES_SHOW;
        uint32_t all = MOAT_CONFIG_TASKS ? MOAT_CONFIG_PACE : MOAT_MARK_UNITS_MAX;
        uint32_t most = whole ? all : MOAT_CONFIG_SLICE_UNITS;
        uint32_t step = units < most ? units : most;
        uint32_t took = step - moat_cycle_step(step) + SLICE_UNITS;
        moat_owner_yield();
        units -= took < units ? took : units;
        if (marks && moat_heap.cycle.phase != MOAT_PHASE_MARK && units > sweeping) {
            units = sweeping;
        }
    }
}

static void run_finalizer(void) {
    if (moat_heap.finalizers.doomed != NULL) {
        (void)moat_finalize_run();
    }
}

/* A task that is preempted as the owner may get no time at all while others allocate. Where that puts the cycle behind,
 * they wait for its place, and pay. */
static bool own_to_pay(void) {
    bool owns = moat_owner_try();
    if (MOAT_CONFIG_TASKS && !owns && !moat_port_in_handler() && moat_pace_is_behind()) {
        moat_owner_wait();
        owns = true;
    }
    return owns;
}

bool moat_cycle_pace(void) {
    if (!own_to_pay()) {
        (void)moat_cycle_visit(true);
        return false;
    }
    moat_heap.pace.spent = REQUEST_UNITS;
    if (MOAT_CONFIG_STRESS_COLLECT != 0) {
        run_whole();
    }
    bool starts = moat_heap.cycle.phase == MOAT_PHASE_IDLE && moat_heap.cycle.requested;
    if (starts) {
        moat_cycle_start(); /* and this stack's scan: that is enough for one allocation */
    }
    run_finalizer();
    moat_owner_leave();
    return !starts;
}

/* Most payments mark, and nothing else is to be done beside it. Returns the units left. */
static uint32_t pay_by_marking(uint32_t units) {
    if (PAYS_AT_ONCE && units != 0 && moat_heap.cycle.phase == MOAT_PHASE_MARK && !moat_stack_waits()) {
        moat_port_mask_t masked = moat_port_mask();
        units = mark_slice(units, masked);
        moat_heap.stats.slices++;
        moat_port_unmask(masked);
    }
    return units;
}

void moat_cycle_pay(uint32_t granules, uint32_t memory) {
    if (moat_heap.cycle.phase != MOAT_PHASE_IDLE && (!MOAT_CONFIG_TASKS || moat_owner_try())) {
        if (!MOAT_CONFIG_TASKS || moat_heap.cycle.phase != MOAT_PHASE_IDLE) { /* it may have ended meanwhile */
            if (memory == MOAT_MEMORY_ANY) {
                moat_take_ahead(granules);
            }
            work(pay_by_marking(moat_pace_units(granules)), MOAT_CONFIG_PACE);
        }
        moat_owner_leave();
    }
}

MOAT_ENTRY int moat_gc_step(size_t budget) {
    const enum moat_refused call = MOAT_IN_GC_STEP;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (budget == 0) {
        return moat_refuse(call, MOAT_REASON_NO_BUDGET, 0);
    }
    MOAT_STACK_ENTER();
    if (!MOAT_CONFIG_TASKS || moat_owner_try()) {
        if (moat_pace_due()) {
            moat_cycle_start();
        }
        work(budget < UINT32_MAX ? (uint32_t)budget : UINT32_MAX, UINT32_MAX);
        run_finalizer();
        moat_owner_leave();
    } else {
        (void)moat_cycle_visit(true);
    }
    (void)moat_stack_leave();
    return moat_heap.cycle.phase == MOAT_PHASE_IDLE ? 0 : 1;
}

MOAT_ENTRY int moat_gc_collect(void) {
    int result = moat_require_thread(MOAT_IN_GC_COLLECT, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    MOAT_STACK_ENTER();
    moat_owner_wait();
    MOAT_EVENT(MOAT_EVENT_COLLECT_BEGIN, moat_heap.cycle.number);
    run_whole();
    if (moat_heap.finalizers.doomed != NULL) {
        moat_finalizers_run();
    }
    MOAT_EVENT(MOAT_EVENT_COLLECT_END, moat_event_free_bytes());
    moat_owner_leave();
    (void)moat_stack_leave();
    return MOAT_OK;
}
