/* moat: the collector's task. See moat_task.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"
#include "heap/pace.h"
#include "mark/owner.h"
#include "mark/stack.h"
#include "moat.h"
#include "moat_task.h"

#if MOAT_CONFIG_TASKS

/* Starts a cycle when the search is near its stop, so that no other task has to. */
static void start_early(uintptr_t pc) {
    moat_stack_enter(pc);
    if (moat_owner_try()) {
        if (moat_heap.cycle.phase == MOAT_PHASE_IDLE && moat_pace_soon_due()) {
            moat_cycle_start();
        }
        moat_owner_leave();
    }
    (void)moat_stack_leave();
}

MOAT_ENTRY _Noreturn void moat_gc_task(uint32_t units) {
    moat_heap.pace.helped = true;
    for (;;) {
        start_early(MOAT_CALLER());
        if (moat_gc_step(units) != 1) {
            moat_kernel_rest();
        }
    }
}

#endif
