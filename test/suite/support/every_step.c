/* A change at each step of a cycle. See every_step.h.
 *
 * SPDX-License-Identifier: MIT */
#include "every_step.h"

#include "fresh_heap.h"
#include "harness.h"
#include "heap/cycle.h"

#include <moat.h>

#define STEPS_MAX 3000u

static __attribute__((noinline)) void advance(unsigned steps) {
    moat_cycle_start();
    for (unsigned i = 0; i < steps && moat_heap.cycle.phase != MOAT_PHASE_IDLE; i++) {
        moat_cycle_step(1);
    }
}

void at_every_step(void (*prepare)(void), void (*change)(void), void (*judge)(void)) {
    bool over = false;
    unsigned steps = 0;
    for (; !over; steps++) {
        scrub_stack(); /* the frames of what is called have gaps, in which the last round's words would stand */
        prepare();
        CHECK(!test_failed());
        scrub_stack();
        advance(steps);
        over = moat_heap.cycle.phase == MOAT_PHASE_IDLE;
        CHECK(over || steps < STEPS_MAX);
        change();
        scrub_stack();
        CHECK_HEAP();
        moat_cycle_finish();
        CHECK_HEAP();
        scrub_stack();
        judge();
        CHECK(!test_failed());
    }
    test_note("steps", steps - 1);
}
