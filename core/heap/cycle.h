/* moat: the collector's cycle: idle, mark, sweep, and how allocation paces it. Internal to core.
 *
 * A phase changes in thread mode only, at a safe point (INV-9): no context is then inside a barrier, since handlers
 * have run to their end. A slice in a handler marks and sweeps but leaves the change to thread mode.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CYCLE_H
#define MOAT_CYCLE_H

#include "moat_heap.h"

/* Before memory is taken: in thread mode starts a cycle that was asked for, and runs one finalizer that is due; in a
 * handler runs one slice. Returns whether moat_cycle_pay is to follow. Context: any. */
bool moat_cycle_pace(void);

/* After `granules` were taken: does the work that is due for them, in slices; less what it took to find them, so that
 * both together are bounded. memory: as the request says; where it names no kinds, the search goes on ahead. Thread
 * mode. */
void moat_cycle_pay(uint32_t granules, uint32_t memory);

/* A slice of at most `units`, in thread mode; while marking, more units than a slice has are several, with interrupts
 * on between them. Then changes the phase, or scans one stack, where that is due. Returns the units that it did not
 * use. */
uint32_t moat_cycle_step(uint32_t units);

/* Starts a cycle: barrier on, this stack scanned. Thread mode, phase IDLE. */
void moat_cycle_start(void);

/* Runs slices until the phase is IDLE; if other tasks were the owner meanwhile, until the cycle that ran is over.
 * Another one may be under way then. */
void moat_cycle_finish(void);

/* Whether the cycle that runs, or ran last, is still this one: always, where no other tasks run. */
static inline bool moat_cycle_is(uint32_t number) {
    return !MOAT_CONFIG_TASKS || moat_heap.cycle.number == number;
}

/* Finalizers that are called one after the other, and the hook, have one cycle between them all that their allocations
 * may start, or each of them might run whole cycles for nothing: from here on, on this stack. False: a call further out
 * has begun so. Thread mode. */
bool moat_cycle_share(void);

/* Ends it, if `began`. */
void moat_cycle_share_end(bool began);

/* Whether an allocation of thread mode may start a cycle. */
static inline bool moat_cycle_may_start(void) {
    return moat_heap.cycle.shared_on != moat_heap.front.stack_low ||
           moat_heap.cycle.number == moat_heap.cycle.shared_after;
}

/* A slice of what is under way: of a sweep, or with `marks` of marking too. False: there is nothing to do here and now.
 * Context: any. */
bool moat_cycle_visit(bool marks);

/* The owner is to start a cycle. Context: any. */
static inline void moat_cycle_request(void) {
    moat_heap.cycle.requested = true;
}

#endif
