/* Objects and bytes by type: the table is what the heap holds, in one call and in slices, in every phase.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "support/counted.h"
#include "support/every_step.h"

#include <moat.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)

FRESH_ARENA(arena, ARENA_BYTES);
FRESH_ARENA(second, 1024);
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(void) others[4];

static struct moat_usage usage;
static struct moat_usage_row rows[4];

static bool push(void) {
    struct node *node = MOAT_NEW(node_type);
    if (node != NULL) {
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    return node != NULL;
}

/* 5 nodes, 3 leaves in an array and 1 alone, raw bytes twice, one of them large. */
static __attribute__((noinline)) bool build(void) {
    bool made = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (int i = 0; i < 5; i++) {
        made = made && push();
    }
    MOAT_STORE(others[0], MOAT_NEW_ARRAY(leaf_type, 3));
    MOAT_STORE(others[1], MOAT_NEW(leaf_type));
    MOAT_STORE(others[2], MOAT_NEW_BYTES(1000));
    MOAT_STORE(others[3], MOAT_NEW_BYTES(1));
    return made && others[3] != NULL;
}

static const struct moat_usage_row *row_of(const struct moat_type *type) {
    for (uint32_t i = 0; i < usage.count; i++) {
        if (rows[i].type == type) {
            return &rows[i];
        }
    }
    return &usage.others;
}

/* The bytes of an object as the heap has it. */
static size_t bytes_of(const void *object) {
    struct moat_object found;
    return moat_object_find(object, &found) ? found.bytes + MOAT_WORD_BYTES : 0;
}

static void check_table(void) {
    CHECK_EQUAL(usage.count, 3);
    CHECK_EQUAL(row_of(&node_type)->objects, 5);
    CHECK_EQUAL(row_of(&node_type)->bytes, 5 * bytes_of(list));
    CHECK_EQUAL(row_of(&leaf_type)->objects, 2);
    CHECK_EQUAL(row_of(&leaf_type)->bytes, bytes_of(others[0]) + bytes_of(others[1]));
    CHECK_EQUAL(row_of(&moat_type_bytes)->objects, 2);
    CHECK_EQUAL(row_of(&moat_type_bytes)->bytes, bytes_of(others[2]) + bytes_of(others[3]));
    CHECK_EQUAL(usage.others.objects, 0);
    CHECK_EQUAL(usage.all.objects, 9);
}

static bool count_in(uint32_t steps, uint32_t *calls) {
    *calls = 1;
    if (moat_usage_begin(&usage, rows, 4) != MOAT_OK) {
        return false;
    }
    while (moat_usage_step(&usage, steps)) {
        ++*calls;
    }
    return true;
}

static void counts_what_there_is(void) {
    uint32_t calls;
    CHECK(build());
    collect_once();
    uint32_t began = moat_port_clock();
    CHECK(count_in(UINT32_MAX, &calls));
    test_note("ticks of the clock", moat_port_clock() - began);
    CHECK_EQUAL(calls, 1);
    check_table();
    struct moat_stats stats;
    CHECK_EQUAL(moat_stats_get(&stats), MOAT_OK);
    CHECK_EQUAL(usage.all.bytes, stats.arena_bytes - stats.free_bytes);
}

/* Each call does as much as it is asked for, but for the last object's length. */
static void counts_in_slices(void) {
    uint32_t calls, fewer;
    CHECK(build());
    collect_once();
    CHECK(count_in(1, &calls));
    check_table();
    CHECK(count_in(10, &fewer));
    check_table();
    test_note("calls of one step", calls);
    CHECK(calls >= 9 && fewer < calls / 4 && fewer >= calls / 40);
    uint32_t words = (uint32_t)(ARENA_BYTES / (32 * MOAT_GRANULE));
    CHECK(calls <= words + 3 * 9 + 4);
}

static void all_arenas_count(void) {
    uint32_t calls;
    CHECK(build());
    CHECK_EQUAL(moat_arena_add(second.bytes, sizeof second.bytes), MOAT_OK);
    while (moat_heap.search.arena != moat_heap.arenas.table[1]) {
        CHECK(push());
    }
    CHECK(push());
    CHECK(count_in(UINT32_MAX, &calls));
    uint32_t nodes = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        nodes++;
    }
    CHECK_EQUAL(row_of(&node_type)->objects, nodes);
    CHECK_EQUAL(usage.all.bytes, moat_heap.stats.arena_bytes - free_bytes());
}

static void types_without_a_row_are_others(void) {
    CHECK(build());
    collect_once();
    CHECK_EQUAL(moat_usage_begin(&usage, rows, 1), MOAT_OK);
    CHECK(!moat_usage_step(&usage, UINT32_MAX));
    CHECK_EQUAL(usage.count, 1);
    CHECK_EQUAL(usage.others.objects + rows[0].objects, 9);
    CHECK_EQUAL(usage.others.bytes + rows[0].bytes, usage.all.bytes);
    CHECK_POINTER(usage.others.type, NULL);
    CHECK_EQUAL(moat_usage_begin(&usage, NULL, 0), MOAT_OK);
    CHECK(!moat_usage_step(&usage, UINT32_MAX));
    CHECK_EQUAL(usage.others.objects, 9);
}

/* Dead objects are gone from the table once a collection has found out. */
static void the_dead_count_until_a_cycle(void) {
    uint32_t calls;
    CHECK(build());
    MOAT_CLEAR(list);
    CHECK(count_in(UINT32_MAX, &calls));
    CHECK_EQUAL(row_of(&node_type)->objects, 5);
    collect_once();
    CHECK(count_in(UINT32_MAX, &calls));
    CHECK_EQUAL(row_of(&node_type)->objects, 0);
    CHECK_EQUAL(usage.all.objects, 4);
}

/* ---- at each step of a cycle ---- */

static void prepare(void) {
    CHECK(build());
    MOAT_CLEAR(list);
    collect_once();
    for (int i = 0; i < 5; i++) {
        CHECK(push());
    }
}

static void count_now(void) {
    uint32_t calls;
    CHECK(count_in(UINT32_MAX, &calls));
    check_table();
}

static void judge(void) {
    uint32_t calls;
    CHECK(count_in(3, &calls));
    check_table();
}

static void at_each_step_of_a_cycle(void) {
    at_every_step(prepare, count_now, judge);
}

/* A dead object does not count where the sweep is about to free it, nor its rest where it has freed the front. */
static void the_dead_do_not_count_in_a_sweep(void) {
    uint32_t calls, steps = 0;
    CHECK(build());
    MOAT_CLEAR(list);
    MOAT_CLEAR(others[2]);
    scrub_stack();
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP) {
        moat_cycle_step(1);
    }
    for (; moat_heap.cycle.phase == MOAT_PHASE_SWEEP; steps++) {
        CHECK(count_in(UINT32_MAX, &calls));
        CHECK_EQUAL(usage.all.objects, 3);
        moat_cycle_step(1);
    }
    CHECK(steps > 3);
}

/* ---- slices between which the firmware works ---- */

/* The table then holds what was there at some moment: never more than there was, nor less than what was there all the
 * time. */
static void the_firmware_works_meanwhile(void) {
    CHECK(build());
    for (uint32_t round = 0; round < 300; round++) {
        CHECK_EQUAL(moat_usage_begin(&usage, rows, 4), MOAT_OK);
        while (moat_usage_step(&usage, 1 + test_random_below(3))) {
            CHECK(MOAT_NEW_BYTES(1 + test_random_below(200)) != NULL);
            (void)moat_gc_step(1 + test_random_below(30));
        }
        CHECK_EQUAL(row_of(&node_type)->objects, 5);
        CHECK_EQUAL(row_of(&leaf_type)->objects, 2);
        CHECK(row_of(&moat_type_bytes)->objects >= 2);
        CHECK(usage.all.bytes <= 2 * moat_heap.stats.arena_bytes);
    }
    CHECK(moat_heap.stats.cycles > 10);
    CHECK_HEAP();
}

/* ---- output ---- */

static const struct moat_type *order[6];
static uint32_t given;

static void note(const struct moat_usage_row *row, void *context) {
    order[given++] = row->type;
    CHECK_POINTER(context, &usage);
}

static void the_largest_comes_first(void) {
    CHECK(build());
    collect_once();
    CHECK_EQUAL(moat_usage_begin(&usage, rows, 4), MOAT_OK);
    CHECK(!moat_usage_step(&usage, UINT32_MAX));
    given = 0;
    moat_usage_each(&usage, note, &usage);
    CHECK_EQUAL(given, 3);
    CHECK_POINTER(order[0], &moat_type_bytes);
    CHECK(row_of(order[1])->bytes >= row_of(order[2])->bytes && order[1] != order[2]);
    rows[0].bytes = rows[1].bytes = rows[2].bytes = 64;
    given = 0;
    moat_usage_each(&usage, note, &usage);
    CHECK_EQUAL(given, 3);
    CHECK(order[0] == rows[0].type && order[1] == rows[1].type && order[2] == rows[2].type);
}

static void is_printed(void) {
    CHECK(build());
    collect_once();
    CHECK_EQUAL(moat_usage_begin(&usage, rows, 4), MOAT_OK);
    CHECK(!moat_usage_step(&usage, UINT32_MAX));
    console_begin();
    moat_usage_print(&usage);
    CHECK(console_has("usage: 2 objects, ") && console_has(" bytes: raw bytes\nusage: "));
    CHECK(console_has(": struct node\n") && console_has(": struct leaf\n"));
    CHECK(console_has("usage: 9 objects, ") && console_has(" bytes: all\n"));
    CHECK(!console_has("other types"));
    const struct moat_type nameless = {.size = 8};
    const struct moat_usage_row row = {&nameless, 1, 16}, rest = {NULL, 3, 48};
    console_begin();
    moat_usage_print_row(&row, NULL);
    moat_usage_print_row(&rest, NULL);
    CHECK(console_has("usage: 1 object, 16 bytes: type 0x"));
    CHECK(console_has("usage: 3 objects, 48 bytes: other types, for which the table has no row\n"));
}

static void is_refused(void) {
    CHECK(build());
    CHECK_EQUAL(moat_usage_begin(NULL, rows, 4), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_usage_begin(&usage, NULL, 4), MOAT_ERR_NULL);
    moat_heap.front.ready = false;
    CHECK_EQUAL(moat_usage_begin(&usage, rows, 4), MOAT_ERR_NOT_READY);
    moat_heap.front.ready = true;
    CHECK_EQUAL(moat_usage_begin(&usage, rows, 4), MOAT_OK);
}

static void an_empty_heap_has_no_rows(void) {
    uint32_t calls;
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(count_in(UINT32_MAX, &calls));
    CHECK_EQUAL(usage.count + usage.all.objects + usage.others.objects, 0);
}

static const struct test_case cases[] = {
    TEST_CASE(counts_what_there_is),
    TEST_CASE(counts_in_slices),
    TEST_CASE(all_arenas_count),
    TEST_CASE(types_without_a_row_are_others),
    TEST_CASE(the_dead_count_until_a_cycle),
    TEST_CASE(at_each_step_of_a_cycle),
    TEST_CASE(the_dead_do_not_count_in_a_sweep),
    TEST_CASE(the_firmware_works_meanwhile),
    TEST_CASE(the_largest_comes_first),
    TEST_CASE(is_printed),
    TEST_CASE(is_refused),
    TEST_CASE(an_empty_heap_has_no_rows),
};

int main(void) {
    return TEST_MAIN(cases);
}
