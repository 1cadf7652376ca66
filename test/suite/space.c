/* How much is free and in how many parts, and what the longest part has room for.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "support/every_step.h"

#include <moat.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)
#define OBJECTS TEST_ROOM(24, 12)
#define BYTES 120

FRESH_ARENA(arena, ARENA_BYTES);
FRESH_ARENA(second, 64 * MOAT_GRANULE);
static MOAT_ROOT(void) objects[OBJECTS];
static MOAT_ROOT(void) large;
static struct moat_space space;

/* Every other object is dead and freed. */
static __attribute__((noinline)) bool build(void) {
    bool made = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (unsigned i = 0; i < OBJECTS; i++) {
        MOAT_STORE(objects[i], MOAT_NEW_BYTES(BYTES));
        made = made && objects[i] != NULL;
    }
    for (unsigned i = 1; i < OBJECTS; i += 2) {
        MOAT_CLEAR(objects[i]);
    }
    collect_once();
    return made;
}

static void measure(uint32_t steps) {
    CHECK_EQUAL(moat_space_begin(&space), MOAT_OK);
    while (moat_space_step(&space, steps)) {
    }
}

static void measures_what_is_free(void) {
    CHECK(build());
    uint32_t began = moat_port_clock();
    measure(UINT32_MAX);
    test_note("ticks of the clock", moat_port_clock() - began);
    CHECK(!test_failed());
    CHECK_EQUAL(space.free_bytes, free_bytes());
    CHECK_EQUAL(space.runs, OBJECTS / 2);
    CHECK(!space.estimate);
    size_t hole = (MOAT_WORD_BYTES + BYTES + MOAT_GRANULE - 1) & ~(size_t)(MOAT_GRANULE - 1);
    CHECK_EQUAL(space.largest_bytes, space.free_bytes - (OBJECTS / 2 - 1) * hole);
}

/* The longest run takes one object of its length, and none that is longer by a granule. */
static void the_longest_run_takes_an_object(void) {
    CHECK(build());
    collect_once();
    measure(UINT32_MAX);
    CHECK(!test_failed());
    CHECK_EQUAL(space.runs, OBJECTS / 2);
    CHECK_POINTER(MOAT_NEW_BYTES(space.largest_bytes - MOAT_WORD_BYTES + 1), NULL);
    MOAT_STORE(large, MOAT_NEW_BYTES(space.largest_bytes - MOAT_WORD_BYTES));
    CHECK(large != NULL);
    measure(UINT32_MAX);
    CHECK_EQUAL(space.runs, OBJECTS / 2 - 1);
    CHECK_HEAP();
}

/* Holes and the chunk are free memory, and one run with what is free beside them. */
static void holes_and_chunk_are_free(void) {
    CHECK(build());
    MOAT_STORE(large, MOAT_NEW_BYTES(40));
    MOAT_STORE(objects[1], MOAT_NEW_BYTES(8));
    measure(UINT32_MAX);
    CHECK_EQUAL(space.free_bytes, free_bytes());
    CHECK(space.runs <= OBJECTS / 2 + 2);
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    CHECK(!space.estimate);
}

static void an_empty_heap_is_one_run(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    measure(UINT32_MAX);
    CHECK_EQUAL(space.runs, 1);
    CHECK_EQUAL(space.largest_bytes, moat_heap.stats.arena_bytes);
    CHECK_EQUAL(moat_space_fragmentation(&space), 0);
}

/* Wherever they begin: the number of a granule is none of the other arena's. */
static void arenas_are_runs_of_their_own(void) {
    unsigned same = 0;
    for (size_t i = 0; i < 32 * 32; i++) {
        CHECK(fresh_heap(arena.bytes + i / 32 * MOAT_GRANULE, 32 * MOAT_GRANULE));
        CHECK_EQUAL(moat_arena_add(second.bytes + i % 32 * MOAT_GRANULE, 32 * MOAT_GRANULE), MOAT_OK);
        measure(UINT32_MAX);
        CHECK_EQUAL(space.runs, 2);
        CHECK_EQUAL(space.free_bytes, moat_heap.stats.arena_bytes);
        same += moat_heap.arenas.table[1]->first == moat_heap.arenas.table[0]->granules - 1;
    }
    CHECK(same != 0);
}

static void in_slices_it_is_an_estimate(void) {
    CHECK(build());
    measure(UINT32_MAX);
    struct moat_space whole = space;
    uint32_t calls = 1;
    CHECK_EQUAL(moat_space_begin(&space), MOAT_OK);
    while (moat_space_step(&space, 1)) {
        calls++;
    }
    CHECK(space.estimate && calls > 8);
    CHECK_EQUAL(space.free_bytes, whole.free_bytes);
    CHECK_EQUAL(space.largest_bytes, whole.largest_bytes);
    CHECK_EQUAL(space.runs, whole.runs);
}

static void fragmentation_is_what_lies_outside(void) {
    space = (struct moat_space){.free_bytes = 1000, .largest_bytes = 250};
    CHECK_EQUAL(moat_space_fragmentation(&space), 750);
    space = (struct moat_space){.free_bytes = SIZE_MAX, .largest_bytes = SIZE_MAX / 2 - SIZE_MAX / 2000};
    CHECK_EQUAL(moat_space_fragmentation(&space), 500);
    space = (struct moat_space){.free_bytes = 0};
    CHECK_EQUAL(moat_space_fragmentation(&space), 0);
}

/* ---- at each step of a cycle ---- */

static void prepare(void) {
    CHECK(build());
    MOAT_CLEAR(objects[0]);
}

static void measure_now(void) {
    bool sweeps = moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
    measure(UINT32_MAX);
    CHECK_EQUAL(space.free_bytes, free_bytes());
    CHECK_EQUAL(space.estimate, sweeps);
}

static void judge(void) {
    measure(UINT32_MAX);
    CHECK_EQUAL(space.free_bytes, free_bytes());
}

static void at_each_step_of_a_cycle(void) {
    at_every_step(prepare, measure_now, judge);
}

static void is_printed(void) {
    space = (struct moat_space){.free_bytes = 1000, .largest_bytes = 250, .runs = 5};
    console_begin();
    moat_space_print(&space);
    CHECK_TEXT(console_text(), "space: 1000 bytes free in 5 runs, the longest 250, fragmentation 750 of 1000\n");
    space = (struct moat_space){.free_bytes = 64, .largest_bytes = 64, .runs = 1, .estimate = true};
    console_begin();
    moat_space_print(&space);
    CHECK_TEXT(console_text(), "space: 64 bytes free in 1 run, the longest 64, fragmentation 0 of 1000, an estimate\n");
}

static void is_refused(void) {
    CHECK(build());
    CHECK_EQUAL(moat_space_begin(NULL), MOAT_ERR_NULL);
    moat_heap.front.ready = false;
    CHECK_EQUAL(moat_space_begin(&space), MOAT_ERR_NOT_READY);
    moat_heap.front.ready = true;
}

static const struct test_case cases[] = {
    TEST_CASE(measures_what_is_free),
    TEST_CASE(the_longest_run_takes_an_object),
    TEST_CASE(holes_and_chunk_are_free),
    TEST_CASE(an_empty_heap_is_one_run),
    TEST_CASE(arenas_are_runs_of_their_own),
    TEST_CASE(in_slices_it_is_an_estimate),
    TEST_CASE(fragmentation_is_what_lies_outside),
    TEST_CASE(at_each_step_of_a_cycle),
    TEST_CASE(is_printed),
    TEST_CASE(is_refused),
};

int main(void) {
    return TEST_MAIN(cases);
}
