/* Where raw bytes are made of the runs that others left free: none is too short, none is given twice, and a cycle that
 * is asked for begins all the same and keeps what is made while it marks.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "space/granule.h"

#include <moat.h>

#define OBJECTS 1024
#define ROW 17 /* granules that one word keeps objects in */
#define ARENA_BYTES (OBJECTS * MOAT_GRANULE)

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(unsigned char) objects[OBJECTS];

static unsigned char mark_of(unsigned i) {
    return (unsigned char)(1 + i % 255);
}

static bool holds(const unsigned char *object, size_t bytes, unsigned char value) {
    for (size_t at = 0; at < bytes; at++) {
        if (object[at] != value) {
            return false;
        }
    }
    return true;
}

static bool all_were_clear;

/* False: no memory. */
static __attribute__((noinline)) bool make(unsigned i, size_t bytes) {
    unsigned char *object = MOAT_NEW_BYTES(bytes);
    if (object == NULL) {
        return false;
    }
    all_were_clear = all_were_clear && holds(object, bytes, 0);
    for (size_t at = 0; at < bytes; at++) {
        object[at] = mark_of(i);
    }
    MOAT_STORE(objects[i], object);
    return true;
}

/* Fills the arena. Returns how many objects there are. */
static unsigned fill(size_t bytes) {
    unsigned count = 0;
    bool good = fresh_heap(arena.bytes, sizeof arena.bytes);
    while (good && count < OBJECTS && make(count, bytes)) {
        count++;
    }
    return count;
}

/* Single objects and pairs of neighbours. */
static bool is_dropped(unsigned i) {
    return i % 7 == 1 || i % 7 == 4 || i % 7 == 5;
}

static __attribute__((noinline)) void drop(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        if (is_dropped(i)) {
            MOAT_CLEAR(objects[i]);
        }
    }
}

static void objects_of_each_size_are_made_again(void) {
    for (uint32_t granules = 1; granules <= MOAT_SMALL_GRANULES && !test_failed(); granules++) {
        size_t bytes = moat_bytes(granules) - MOAT_WORD_BYTES;
        unsigned count = fill(bytes);
        CHECK(count > 20);
        drop(count);
        scrub_stack();
        collect_all();
        CHECK_HEAP();
        all_were_clear = true;
        unsigned missing = 0;
        for (unsigned i = 0; i < count; i++) {
            missing += is_dropped(i) && !make(i, bytes) ? 1u : 0u;
        }
        CHECK(missing <= 2 + 2 * ROW / granules); /* words of the stack may keep some that were dropped */
        CHECK(all_were_clear);
        for (unsigned i = 0; i < count; i++) {
            CHECK(objects[i] == NULL || holds(objects[i], bytes, mark_of(i)));
        }
        CHECK_HEAP();
    }
}

static void a_cycle_that_is_asked_for_begins(void) {
    const size_t bytes = 3 * MOAT_GRANULE - MOAT_WORD_BYTES;
    drop(fill(bytes));
    scrub_stack();
    collect_all();
    CHECK(make(1, bytes));
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    moat_cycle_request();
    CHECK(make(4, bytes));
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_MARK);
    CHECK_HEAP();
}

/* Else the sweep would free it. */
static void what_is_made_while_marking_is_black(void) {
    const size_t bytes = 3 * MOAT_GRANULE - MOAT_WORD_BYTES;
    unsigned count = fill(bytes), made = 0;
    drop(count);
    scrub_stack();
    collect_all();
    CHECK(make(1, bytes));
    moat_cycle_request();
    for (unsigned i = 2; i < count; i++) {
        if (is_dropped(i) && make(i, bytes) && moat_heap.cycle.phase == MOAT_PHASE_MARK) {
            const struct moat_arena *home = moat_arena_of((uintptr_t)objects[i]);
            CHECK(!moat_is_white(home, moat_granule_of(home, (uintptr_t)objects[i])));
            made++;
        }
    }
    CHECK(made >= 3);
}

/* A handler's large request is to find a run beside it. */
static void a_chunk_of_little_memory_is_small(void) {
    CHECK(fresh_heap(arena.bytes, 256 * MOAT_GRANULE));
    uintptr_t most = 0;
    for (int i = 0; i < 64; i++) {
        CHECK(MOAT_NEW_BYTES(MOAT_WORD_BYTES) != NULL);
        uintptr_t chunk = moat_heap.chunk.limit - moat_heap.chunk.at;
        most = chunk > most ? chunk : most;
    }
    CHECK(most > 0);
    CHECK(most <= moat_heap.stats.arena_bytes / 3);
}

static const struct test_case cases[] = {
    TEST_CASE(objects_of_each_size_are_made_again),
    TEST_CASE(a_cycle_that_is_asked_for_begins),
    TEST_CASE(what_is_made_while_marking_is_black),
    TEST_CASE(a_chunk_of_little_memory_is_small),
};

int main(void) {
    return TEST_MAIN(cases);
}
