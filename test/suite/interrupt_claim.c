/* A handler that sweeps while the bits of a large object are being set: it must not take those that are still to come
 * for free ones.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES (640u << 10)
#define LARGE_BYTES (400u << 10)
#define PERIOD 1009u /* instructions, a prime */
#define PERIODS_TRIED 16u

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) root;
static MOAT_ROOT(unsigned char) large;
FRESH_ARENA(arena, ARENA_BYTES);

static volatile unsigned slices;

/* One slice, as an allocation in a handler does it. */
static void sweep(void) {
    slices++;
    moat_cycle_pace();
}

/* Marking is over and the sweep has not begun; behind a few objects all is free, and known to be. */
static bool begin_sweep(void) {
    bool made = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (int i = 0; i < 8; i++) {
        MOAT_STORE(root, MOAT_NEW(node_type));
    }
    moat_cycle_start();
    while (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        moat_cycle_step(1);
    }
    return made && moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_heap.sweep.arena != NULL;
}

static void the_rest_of_a_claim_is_not_swept(void) {
    for (uint32_t i = 0; i < PERIODS_TRIED; i++) {
        CHECK(begin_sweep());
        slices = 0;
        bsp_timer_start(PERIOD + 16 * i, true, sweep);
        MOAT_STORE(large, MOAT_NEW_BYTES(LARGE_BYTES));
        bsp_timer_stop();
        CHECK(large != NULL);
        CHECK(slices > 8);
        CHECK_HEAP();
        struct moat_object found;
        CHECK(moat_object_find(large + LARGE_BYTES / 2, &found));
        CHECK_POINTER(found.start, large);
        moat_cycle_finish();
        CHECK_HEAP();
        large[0] = large[LARGE_BYTES / 2] = large[LARGE_BYTES - 1] = 0xa5;
        for (int k = 0; k < 5000; k++) { /* in what is left: none of it is the large object's */
            CHECK(MOAT_NEW_BYTES(24) != NULL);
        }
        CHECK(large[0] == 0xa5 && large[LARGE_BYTES / 2] == 0xa5 && large[LARGE_BYTES - 1] == 0xa5);
        CHECK_HEAP();
    }
}

static const struct test_case cases[] = {
    TEST_CASE(the_rest_of_a_claim_is_not_swept),
};

int main(void) {
    bsp_init();
    return TEST_MAIN(cases);
}
