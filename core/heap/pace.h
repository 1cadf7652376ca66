/* moat: when the collector works, and how much. Internal to core; docs/pacing.md explains it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PACE_H
#define MOAT_PACE_H

#include "space/granule.h"

/* The first cycle's marking is guessed to take so many units for each granule allocated. */
#define MOAT_FIRST_RATE 4u

/* The largest size of late is forgotten by this part of it with each cycle. */
#define MOAT_FORGET_SIZE 8u

/* Whether a safe point should start a cycle: one was asked for, or the search for free memory is at its stop, and some
 * was taken since the last cycle began. Context: any. */
bool moat_pace_due(void);

/* With MOAT_CONFIG_TASKS: the same, or the search is near its stop. */
bool moat_pace_soon_due(void);

/* With MOAT_CONFIG_TASKS: whether the cycle that runs needs more than half of MOAT_CONFIG_PACE from each payment from
 * now on to end in time, or one that was asked for has not begun. Context: thread. Cost: one masked step over the
 * arenas. */
bool moat_pace_is_behind(void);

/* Whether an allocation has to call moat_cycle_pace first, and moat_cycle_pay. Context: any. */
static inline bool moat_pace_calls(void) {
    return moat_heap.cycle.phase != MOAT_PHASE_IDLE || moat_heap.cycle.requested ||
           moat_heap.finalizers.doomed != NULL || MOAT_CONFIG_STRESS_COLLECT != 0;
}

/* Work units that a request for `granules` has to do: MOAT_CONFIG_PACE for each 8 of them, at least once, and less what
 * it took to find them; of up to four payments a part is left to the requests that follow. While marking, more where
 * the free granules left would not do for the work left. Called once for each, which it counts. Thread mode, not in
 * phase IDLE. */
uint32_t moat_pace_units(uint32_t granules);

/* Interrupts masked, as a cycle starts, before its number is counted up. Tells what it may use, and guesses the first
 * one's work. */
static inline void moat_pace_begin_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    uint32_t usable = moat_heap.sweep.usable;
    if (moat_heap.cycle.number == 0) { /* all that lies before the stop may have been allocated */
        moat_heap.pace.expected_work = MOAT_FIRST_RATE * (moat_granules(moat_heap.stats.arena_bytes) - usable);
    }
    moat_heap.pace.usable = usable;
    moat_heap.pace.work = 0;
    moat_heap.pace.payments = moat_heap.pace.paid_for = 0;
    moat_heap.search.ahead = (uint8_t)(moat_heap.search.ahead - moat_heap.search.ahead / MOAT_FORGET_SIZE);
}

/* Interrupts masked, as marking ends. Guesses the next marking's work, and sets how many free granules it and its sweep
 * may use up. */
void moat_pace_end_marking(void);

#endif
