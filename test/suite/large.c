/* Where large objects are made: a run is found wherever it begins, and the one that fits best of those that are near.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "space/granule.h"
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

static const struct test_case cases[] = {
    TEST_CASE(a_long_run_is_found_wherever_it_begins),
    TEST_CASE(a_large_request_takes_the_run_that_is_closest),
};

int main(void) {
    return TEST_MAIN(cases);
}
