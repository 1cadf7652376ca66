/* Arenas: of the smallest size, of odd sizes, several of them, added while the heap is in use.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "support/every_step.h"
#include "mark/mark.h"

#include <moat.h>
#include <string.h>

#define LEAST 256

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
    uintptr_t more;
};
MOAT_TYPE(node_type, struct node, next);

FRESH_ARENA(first, 4096);
FRESH_ARENA(second, 4096);
FRESH_ARENA(third, 4096);
static MOAT_ROOT(struct node) list;

static __attribute__((noinline)) unsigned fill(void) {
    unsigned count = 0;
    for (struct node *node = MOAT_NEW(node_type); node != NULL; node = MOAT_NEW(node_type)) {
        node->number = count++;
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    return count;
}

static bool is_in(const void *p, const unsigned char *arena, size_t bytes) {
    return (uintptr_t)p - (uintptr_t)arena < bytes;
}

static __attribute__((noinline)) void check_numbers(unsigned count) {
    for (const struct node *node = list; node != NULL; node = node->next) {
        CHECK_EQUAL(node->number, --count);
    }
}

static __attribute__((noinline)) unsigned count_in(const unsigned char *arena, size_t bytes) {
    unsigned count = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        count += is_in(node, arena, bytes) && is_in(node + 1, arena, bytes + 1);
    }
    return count;
}

static void smallest_arena_serves(void) {
    CHECK(fresh_heap(first.bytes, LEAST));
    CHECK_HEAP();
    unsigned count = fill();
    CHECK(count >= 1);
    CHECK_EQUAL(count_in(first.bytes, LEAST), count);
    CHECK_HEAP();
    MOAT_CLEAR(list);
    collect_all();
    CHECK_EQUAL(fill(), count);
    CHECK_HEAP();
}

/* Every start, every size from the smallest on: nothing outside of it is written, and what is made is aligned. */
static void nothing_outside_is_written(void) {
    for (size_t i = 0; i < 200; i++) {
        size_t before = 64 + i % (4 * MOAT_WORD_BYTES), bytes = LEAST + MOAT_WORD_BYTES + 7 * i;
        memset(first.bytes, 0xa5, sizeof first.bytes);
        CHECK(fresh_heap(first.bytes + before, bytes));
        CHECK(fill() > 0);
        CHECK_HEAP();
        CHECK_EQUAL(count_in(first.bytes + before, bytes), list->number + 1);
        for (const struct node *node = list; node != NULL; node = node->next) {
            CHECK_EQUAL((uintptr_t)node % MOAT_GRANULE, 0);
        }
        for (size_t at = 0; at < sizeof first.bytes; at++) {
            CHECK(at - before < bytes || first.bytes[at] == 0xa5);
        }
    }
}

/* A start in the middle of a word costs that word and no more; and the next arena may begin where this one ends. */
static void odd_starts_lose_nothing(void) {
    for (size_t off = 1; off < MOAT_GRANULE; off++) {
        size_t left_out = (0 - off) % MOAT_WORD_BYTES;
        CHECK(fresh_heap(first.bytes + off + left_out, 1024 - left_out));
        size_t aligned = moat_heap.stats.arena_bytes;
        CHECK(fresh_heap(first.bytes + off, 1024));
        CHECK_EQUAL(moat_heap.stats.arena_bytes, aligned);
        CHECK_EQUAL(moat_arena_add(first.bytes + off + 1024 - 2 * MOAT_WORD_BYTES, 512), MOAT_ERR_OVERLAP);
        CHECK_EQUAL(moat_arena_add(first.bytes + off + 1024, 1024), MOAT_OK);
        unsigned count = fill();
        CHECK_EQUAL(count_in(first.bytes + off, 1024) + count_in(first.bytes + off + 1024, 1024), count);
        CHECK_HEAP();
    }
}

static void bookkeeping_is_small(void) {
    CHECK(fresh_heap(first.bytes, sizeof first.bytes));
    size_t overhead = sizeof first.bytes - moat_heap.stats.arena_bytes;
    size_t waiting = moat_heap.mark.waiting_most * MOAT_WORD_BYTES; /* words of stacks */
    CHECK(waiting <= sizeof first.bytes / 128 && moat_heap.mark.waiting_most <= 64);
    CHECK(overhead - waiting - sizeof(struct moat_arena) <= sizeof first.bytes / 20);
}

static void several_arenas_are_all_used(void) {
    CHECK(fresh_heap(second.bytes, sizeof second.bytes));
    CHECK_EQUAL(moat_arena_add(first.bytes, sizeof first.bytes), MOAT_OK);
    CHECK_EQUAL(moat_arena_add(third.bytes, sizeof third.bytes / 2), MOAT_OK);
    unsigned count = fill();
    unsigned in_first = count_in(first.bytes, sizeof first.bytes);
    unsigned in_second = count_in(second.bytes, sizeof second.bytes);
    unsigned in_third = count_in(third.bytes, sizeof third.bytes / 2);
    CHECK(in_first != 0 && in_second != 0 && in_third != 0);
    CHECK_EQUAL(in_first + in_second + in_third, count);
    CHECK_HEAP();
    collect_all();
    check_numbers(count);
    MOAT_CLEAR(list);
    collect_all();
    CHECK_HEAP();
    CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
}

static void larger_of_the_arenas_bounds_a_request(void) {
    CHECK(fresh_heap(first.bytes, 1024));
    CHECK_POINTER(MOAT_NEW_BYTES(2000), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_arena_add(second.bytes, sizeof second.bytes), MOAT_OK);
    CHECK(MOAT_NEW_BYTES(2000) != NULL);
}

/* Each arena's grey list is held against the arena's own size: a large one's may well be longer than a small one has
 * granules. */
static void grey_lists_are_as_long_as_their_arenas_allow(void) {
    CHECK(fresh_heap(first.bytes, sizeof first.bytes));
    CHECK_EQUAL(moat_arena_add(third.bytes, LEAST), MOAT_OK);
    unsigned count = fill();
    CHECK(count_in(first.bytes, sizeof first.bytes) > moat_heap.arenas.table[1]->granules);
    CHECK(count_in(third.bytes, LEAST) != 0);
    moat_cycle_start();
    for (struct node *node = list; node != NULL; node = node->next) {
        moat_port_mask_t masked = moat_port_mask();
        moat_mark_root(node);
        moat_port_unmask(masked);
    }
    CHECK_HEAP();
    moat_cycle_finish();
    CHECK_HEAP();
    check_numbers(count);
}

static unsigned count_made;
static unsigned char *comes; /* the arena that is added: in turn below and above the other */

static void start_full(void) {
    CHECK(fresh_heap(second.bytes, 1024));
    count_made = fill();
    comes = comes == first.bytes ? third.bytes : first.bytes;
}

static void add_and_fill(void) {
    CHECK_EQUAL(moat_arena_add(comes, 1024), MOAT_OK);
    CHECK_HEAP();
    count_made += fill();
}

static void judge(void) {
    CHECK(count_in(comes, 1024) != 0);
    unsigned there = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        there++;
    }
    CHECK_EQUAL(there, count_made);
}

/* An arena that comes in the middle of a cycle: what is made in it is live, and stays so. */
static void added_at_every_step_of_a_cycle(void) {
    at_every_step(start_full, add_and_fill, judge);
}

/* ---- arenas without a gap between them, at each place in a bitmap word ---- */

/* A list through all of both arenas outlives a collection, whichever of them is the first. */
static void neighbours_keep_what_is_theirs(void) {
    for (size_t at = 0; at < 64 * MOAT_GRANULE; at += 2 * MOAT_GRANULE) {
        unsigned char *middle = first.bytes + 1024 + at;
        CHECK(fresh_heap(middle, 512));
        CHECK_EQUAL(moat_arena_add(middle - 1024, 1024), MOAT_OK);
        unsigned count = fill();
        CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
        CHECK_HEAP();
        CHECK(count > 8);
        check_numbers(count);
        MOAT_CLEAR(list);
    }
}

/* the sweep goes from one arena to the other while the chunk is at the end of the first. */
static MOAT_ROOT(struct node) some[8];

static __attribute__((noinline)) void churn(void) {
    for (int i = 0; i < 600; i++) {
        uint32_t what = test_random_below(8);
        moat_heap.cycle.requested = moat_heap.cycle.requested || moat_heap.cycle.phase == MOAT_PHASE_IDLE;
        if (what < 2) {
            (void)moat_gc_step(1 + test_random_below(12));
        } else if (what < 5) {
            struct node *node = MOAT_NEW(node_type);
            if (test_random_below(4) == 0) {
                MOAT_STORE(some[test_random_below(8)], node);
            }
        } else if (what == 5) {
            (void)MOAT_NEW_BYTES(300 + test_random_below(900));
        } else {
            MOAT_CLEAR(some[test_random_below(8)]);
        }
        if (i % 4 == 0) {
            CHECK_HEAP();
        }
    }
}

static void neighbours_are_swept_apart(void) {
    for (size_t at = 0; at < 32 * MOAT_GRANULE; at += MOAT_GRANULE) {
        CHECK(fresh_heap(first.bytes + at, 3072));
        CHECK_EQUAL(moat_arena_add(first.bytes + at + 3072, 512), MOAT_OK);
        churn();
    }
}

static const struct test_case cases[] = {
    TEST_CASE(neighbours_keep_what_is_theirs),
    TEST_CASE(neighbours_are_swept_apart),
    TEST_CASE(smallest_arena_serves),
    TEST_CASE(nothing_outside_is_written),
    TEST_CASE(odd_starts_lose_nothing),
    TEST_CASE(bookkeeping_is_small),
    TEST_CASE(several_arenas_are_all_used),
    TEST_CASE(larger_of_the_arenas_bounds_a_request),
    TEST_CASE(grey_lists_are_as_long_as_their_arenas_allow),
    TEST_CASE(added_at_every_step_of_a_cycle),
};

int main(void) {
    return TEST_MAIN(cases);
}
