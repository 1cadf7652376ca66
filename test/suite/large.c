/* Where large objects are made: a run is found wherever it begins, and the one that fits best of those that are near.
 * And objects that are almost large: they are found from their ends.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "space/granule.h"
#include "space/holes.h"
#include "space/search.h"
#include "space/take.h"

#include <moat.h>

#define ARENA_BYTES (32 * 1024)
#define PARTS 5

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(void) kept[PARTS];
static uintptr_t hole[PARTS];

static void open_the_stop(void) {
    moat_port_mask_t masked = moat_port_mask();
    moat_search_open();
    moat_port_unmask(masked);
}

/* Objects of so many granules, one behind the other; the last takes the rest. Every second dies. */
static __attribute__((noinline)) void lay_out_parts(const uint32_t *granules, unsigned count) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    open_the_stop();
    for (unsigned i = 0; i < count; i++) {
        uint32_t part = i == count - 1 ? moat_granules(free_bytes()) : granules[i];
        uintptr_t at = moat_take_large(part, moat_heap.types.bytes_header);
        CHECK(at != 0);
        MOAT_STORE(kept[i], (void *)moat_payload_at(at));
        hole[i] = hide(kept[i]);
    }
    CHECK_EQUAL(free_bytes(), 0);
    for (unsigned i = 1; i < count; i += 2) {
        MOAT_CLEAR(kept[i]);
    }
}

static __attribute__((noinline)) void check_place(uint32_t granules, unsigned part) {
    uintptr_t at = moat_take_large(granules, moat_heap.types.bytes_header);
    CHECK_EQUAL(hide((void *)moat_payload_at(at)), hole[part]);
}

/* The search looks at one of several words; it has to find what begins and ends at any granule. */
static void a_long_run_is_found_wherever_it_begins(void) {
    static const uint32_t granules[] = {62, 63, 64, 94, 95, 96, 127, 160, 300};
    for (uint32_t i = 0; i < sizeof granules / sizeof granules[0]; i++) {
        for (uint32_t bit = 0; bit < MOAT_WORD_GRANULES && !test_failed(); bit++) {
            const uint32_t parts[] = {40 + bit, granules[i], 0};
            lay_out_parts(parts, 3);
            scrub_stack();
            collect_all();
            open_the_stop();
            CHECK_EQUAL(moat_take_large(granules[i] + 1, moat_heap.types.bytes_header), 0);
            check_place(granules[i], 1);
        }
    }
    CHECK_HEAP();
}

/* The first run, of 500 granules, is left to the request that needs it. */
static void a_large_request_takes_the_run_that_is_closest(void) {
    static const uint32_t parts[PARTS] = {40, 500, 50, 250, 0};
    lay_out_parts(parts, PARTS);
    scrub_stack();
    collect_all();
    open_the_stop();
    check_place(200, 3);
    check_place(500, 1);
    CHECK_HEAP();
}

/* From its last byte. */
static bool is_found_from_its_end(uintptr_t at, uint32_t granules) {
    struct moat_object object;
    uintptr_t end = at + moat_bytes(granules);
    return at != 0 && moat_object_find((void *)(end - 1), &object) && (uintptr_t)object.start == moat_payload_at(at) &&
           (uintptr_t)object.start + object.bytes == end;
}

static uintptr_t take_longest(void) {
    return moat_take_small(MOAT_SMALL_GRANULES, moat_heap.types.bytes_header);
}

static uintptr_t take_longest_of_run(void) {
    moat_cycle_start();
    return take_longest();
}

/* A hole of so many granules, and no chunk. Returns its address. */
static uintptr_t file_only_hole(uint32_t granules) {
    uintptr_t at = moat_take_small(1, moat_heap.types.bytes_header);
    while (moat_heap.chunk.at != moat_heap.chunk.limit) {
        (void)moat_take_small(1, moat_heap.types.bytes_header);
    }
    moat_port_mask_t masked = moat_port_mask();
    for (uint32_t i = 0; i < granules; i++) {
        moat_bits_at(moat_heap.arenas.table[0]->bias, at + moat_bytes(i))->start &= ~moat_bit_at(at + moat_bytes(i));
    }
    moat_holes_file(&moat_heap.lists, moat_heap.arenas.table[0]->bias, at, granules);
    moat_port_unmask(masked);
    return at;
}

static uintptr_t take_longest_of_hole(void) {
    uintptr_t at = file_only_hole(MOAT_SMALL_GRANULES + 1);
    return take_longest() == at ? at : 0;
}

static void a_hole_that_is_too_short_is_left(void) {
    for (uint32_t granules = MOAT_EXACT_HOLES; granules < MOAT_SMALL_GRANULES; granules++) {
        CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
        uintptr_t at = file_only_hole(granules), other = moat_take_small(granules + 1, moat_heap.types.bytes_header);
        CHECK(other != 0 && other != at);
        CHECK_HEAP();
    }
}

static uintptr_t take_shortest_large(void) {
    return moat_take_large(MOAT_SMALL_GRANULES + 1, moat_heap.types.bytes_header);
}

/* In a fresh arena, behind so many granules. */
static void begin_behind(uint32_t before) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (uint32_t i = 0; i < before; i++) {
        CHECK(moat_take_small(1, moat_heap.types.bytes_header) != 0);
    }
}

static void a_long_hole_has_back_bytes(void) {
    for (uint32_t before = 0; before < 2 * MOAT_WORD_GRANULES; before++) {
        begin_behind(before);
        CHECK(file_only_hole(MOAT_SMALL_GRANULES + 1) != 0);
        CHECK_HEAP();
    }
}

/* Wherever it begins in its bitmap word. Only the large one may need a back byte. */
static void an_object_is_found_from_its_end(void) {
    static const struct {
        uintptr_t (*take)(void);
        uint32_t granules;
    } ways[] = {
        {take_longest, MOAT_SMALL_GRANULES},
        {take_longest_of_run, MOAT_SMALL_GRANULES},
        {take_longest_of_hole, MOAT_SMALL_GRANULES},
        {take_shortest_large, MOAT_SMALL_GRANULES + 1},
    };
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        for (uint32_t before = 0; before < 2 * MOAT_WORD_GRANULES; before++) {
            begin_behind(before);
            CHECK(is_found_from_its_end(ways[way].take(), ways[way].granules));
            CHECK_HEAP();
        }
    }
}

static const struct test_case cases[] = {
    TEST_CASE(a_long_run_is_found_wherever_it_begins),
    TEST_CASE(a_hole_that_is_too_short_is_left),
    TEST_CASE(a_long_hole_has_back_bytes),
    TEST_CASE(an_object_is_found_from_its_end),
    TEST_CASE(a_large_request_takes_the_run_that_is_closest),
};

int main(void) {
    return TEST_MAIN(cases);
}
