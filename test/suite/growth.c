/* Types that grow: told of after the cycles in which they did, and of no others.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"
#include "support/counted.h"

#include <moat.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) leak;
static MOAT_ROOT(void) cache[4];
static struct moat_growth growth;
static struct moat_growth_row rows[4];

static __attribute__((noinline)) bool leak_one(void) {
    struct node *node = MOAT_NEW(node_type);
    if (node != NULL) {
        MOAT_STORE(node->next, leak);
        MOAT_STORE(leak, node);
    }
    return node != NULL;
}

/* Entries come and go: there are 4 at most. */
static __attribute__((noinline)) bool use_cache(unsigned round) {
    MOAT_STORE(cache[round % 4], MOAT_NEW(leaf_type));
    if (round % 3 == 0) {
        MOAT_CLEAR(cache[(round + 1) % 4]);
    }
    return true;
}

/* Counts to its end, in calls of `steps`. Returns the calls; 0: no count was due. */
static uint32_t count(uint32_t steps) {
    uint32_t calls = 0;
    while (moat_growth_step(&growth, steps)) {
        calls++;
    }
    return calls;
}

static void set_mark(uint32_t room) {
    CHECK_EQUAL(moat_growth_begin(&growth, rows, room), MOAT_OK);
    (void)count(UINT32_MAX);
}

static const struct moat_growth_row *row_of(const struct moat_type *type) {
    for (uint32_t i = 0; i < growth.count; i++) {
        if (rows[i].type == type) {
            return &rows[i];
        }
    }
    return &growth.others;
}

static uint32_t given;
static const struct moat_type *order[5];

static void note(const struct moat_growth_row *row, void *context) {
    CHECK_POINTER(context, &growth);
    order[given++] = row->type;
}

static void give(void) {
    given = 0;
    moat_growth_each(&growth, note, &growth);
}

static void a_leak_is_told_of(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (unsigned i = 0; i < 8; i++) {
        CHECK(leak_one() && use_cache(i));
    }
    collect_once();
    set_mark(4);
    uint32_t first = row_of(&leaf_type)->first;
    CHECK(first >= 2);
    CHECK_EQUAL(row_of(&node_type)->first, 8);
    for (unsigned i = 0; i < 12; i++) {
        CHECK(leak_one() && use_cache(i));
        collect_once();
        CHECK_EQUAL(growth.counts, i);
        (void)count(7);
        CHECK_EQUAL(growth.counts, i + 1);
    }
    CHECK_EQUAL(row_of(&node_type)->last, 20);
    CHECK_EQUAL(row_of(&node_type)->rises, 12);
    CHECK_EQUAL(row_of(&node_type)->last_bytes, row_of(&node_type)->first_bytes / 8 * 20);
    CHECK(row_of(&leaf_type)->last <= 4 && row_of(&leaf_type)->rises < 12);
    MOAT_CLEAR(cache[0]);
    MOAT_CLEAR(cache[1]);
    MOAT_CLEAR(cache[2]);
    collect_once();
    (void)count(UINT32_MAX);
    give();
    CHECK_EQUAL(given, 1);
    CHECK_POINTER(order[0], &node_type);
}

/* A count has as many parts as it is asked for, and the next one comes behind the next cycle. */
static void a_count_for_each_cycle(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(leak_one());
    CHECK_EQUAL(moat_growth_begin(&growth, rows, 4), MOAT_OK);
    CHECK(count(1) > 8);
    CHECK(!moat_growth_step(&growth, UINT32_MAX));
    CHECK_EQUAL(growth.counts, 0);
    collect_once();
    CHECK(moat_growth_step(&growth, 1));
    collect_once();
    CHECK(count(10) > 0);
    CHECK_EQUAL(growth.counts, 1);
    (void)count(UINT32_MAX); /* that of the second cycle */
    CHECK_EQUAL(growth.counts, 2);
    CHECK(!moat_growth_step(&growth, 1));
    CHECK_EQUAL(row_of(&node_type)->last, 1);
    CHECK_EQUAL(row_of(&node_type)->rises, 0);
}

static void a_type_that_comes_later_has_grown(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(leak_one());
    set_mark(4);
    CHECK(use_cache(1));
    collect_once();
    (void)count(UINT32_MAX);
    give();
    CHECK_EQUAL(given, 1);
    CHECK_POINTER(order[0], &leaf_type);
    CHECK_EQUAL(row_of(&leaf_type)->first, 0);
}

static void the_most_bytes_come_first(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    set_mark(4);
    CHECK(leak_one() && leak_one() && use_cache(1));
    MOAT_STORE(cache[3], MOAT_NEW_BYTES(300));
    collect_once();
    (void)count(UINT32_MAX);
    give();
    CHECK_EQUAL(given, 3);
    CHECK_POINTER(order[0], &moat_type_bytes);
    CHECK(row_of(order[1])->last_bytes >= row_of(order[2])->last_bytes);
}

static void types_without_a_row_are_others(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(leak_one());
    set_mark(1);
    CHECK(use_cache(1));
    collect_once();
    (void)count(UINT32_MAX);
    give();
    CHECK_EQUAL(given, 1);
    CHECK_POINTER(order[0], NULL);
    CHECK_EQUAL(growth.others.last, 1);
}

static void is_printed(void) {
    const struct moat_growth_row rest = {.first = 1, .last = 3, .first_bytes = 16, .last_bytes = 48, .rises = 1};
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    set_mark(4);
    CHECK(leak_one() && leak_one());
    collect_once();
    (void)count(UINT32_MAX);
    console_begin();
    moat_growth_print(&growth);
    CHECK(console_has("growth: from 0 to 2 objects, ") && console_has(" bytes more, 1 rise: struct node\n"));
    CHECK(console_has("growth: 1 count since the mark\n"));
    console_begin();
    moat_growth_print_row(&rest, NULL);
    CHECK_TEXT(console_text(), "growth: from 1 to 3 objects, 32 bytes more, 1 rise: other types, for which the table "
                               "has no row\n");
}

static void is_refused(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK_EQUAL(moat_growth_begin(NULL, rows, 4), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_growth_begin(&growth, NULL, 4), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_growth_begin(&growth, NULL, 0), MOAT_OK);
}

static const struct test_case cases[] = {
    TEST_CASE(a_leak_is_told_of),
    TEST_CASE(a_count_for_each_cycle),
    TEST_CASE(a_type_that_comes_later_has_grown),
    TEST_CASE(the_most_bytes_come_first),
    TEST_CASE(types_without_a_row_are_others),
    TEST_CASE(is_printed),
    TEST_CASE(is_refused),
};

int main(void) {
    return TEST_MAIN(cases);
}
