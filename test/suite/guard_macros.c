/* The barrier macros, in every build: what they store and return, each argument evaluated once, idle and marking; and
 * the barrier is off while nothing is being marked.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next, other);

/* No multiple of a word in size or alignment. */
struct small {
    uint16_t a;
    uint8_t b[4];
};
MOAT_TYPE(small_type, struct small);

FRESH_ARENA(arena, TEST_ROOM(8192, 4096));
static MOAT_ROOT(struct node) all[4];
static unsigned evaluated[4];

/* Object i, counted. */
static struct node *object(unsigned i) {
    evaluated[i]++;
    return all[i];
}

/* Returns whether each of the first `count` arguments was evaluated once since the last call. */
static bool once(unsigned count) {
    bool right = true;
    for (unsigned i = 0; i < 4; i++) {
        right = right && evaluated[i] == (i < count ? 1 : 0);
        evaluated[i] = 0;
    }
    return right;
}

static bool start(bool marking) {
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (unsigned i = 0; i < 4; i++) {
        MOAT_STORE(all[i], MOAT_NEW(node_type));
        ready = ready && all[i] != NULL;
        all[i]->number = i;
    }
    (void)once(0);
    if (marking) {
        moat_cycle_start();
    }
    return ready && (moat_heap.marking != 0) == marking;
}

static bool finish(bool marking) {
    bool as_it_was = (moat_heap.marking != 0) == marking;
    moat_cycle_finish();
    return as_it_was && moat_heap.marking == 0;
}

static void try_stores(bool marking) {
    CHECK(start(marking));
    MOAT_STORE(object(0)->next, object(1));
    CHECK(once(2));
    CHECK_POINTER(all[0]->next, all[1]);
    MOAT_INIT(object(0)->other, object(1));
    CHECK(once(2));
    CHECK_POINTER(all[0]->other, all[1]);
    MOAT_ATOMIC_STORE(object(0)->next, object(1)->next);
    CHECK(once(2));
    CHECK_POINTER(all[0]->next, NULL);
    MOAT_CLEAR(object(0)->other);
    CHECK(once(1));
    CHECK_POINTER(all[0]->other, NULL);
    CHECK(finish(marking));
    CHECK_HEAP();
}

static void try_exchanges(bool marking) {
    CHECK(start(marking));
    MOAT_STORE(all[0]->next, all[2]);
    CHECK_POINTER(MOAT_EXCHANGE(object(0)->next, object(1)), all[2]);
    CHECK(once(2));
    CHECK_POINTER(all[0]->next, all[1]);
    CHECK(MOAT_CAS(object(0)->next, object(1), object(2)));
    CHECK(once(3));
    CHECK_POINTER(all[0]->next, all[2]);
    CHECK(!MOAT_CAS(object(0)->next, object(1), object(2)->other));
    CHECK(once(3));
    CHECK_POINTER(all[0]->next, all[2]);
    MOAT_STORE(all[1]->next, all[3]);
    MOAT_SWAP(object(0)->next, object(1)->next);
    CHECK(once(2));
    CHECK_POINTER(all[0]->next, all[3]);
    CHECK_POINTER(all[1]->next, all[2]);
    MOAT_SWAP(all[0]->next, all[0]->next); /* NOLINT(bugprone-branch-clone): of a slot with itself */
    CHECK_POINTER(all[0]->next, all[3]);
    CHECK(finish(marking));
    CHECK_HEAP();
}

static void try_moves(bool marking) {
    CHECK(start(marking));
    MOAT_STORE(all[1]->next, all[2]);
    MOAT_STORE(all[1]->other, all[3]);
    CHECK_EQUAL(MOAT_MOVE(node_type, object(0), object(1)), MOAT_OK);
    CHECK(once(2));
    CHECK(all[0]->next == all[2] && all[0]->other == all[3] && all[0]->number == 1);
    CHECK_EQUAL(MOAT_ZERO(node_type, object(0)), MOAT_OK);
    CHECK(once(1));
    CHECK(all[0]->next == NULL && all[0]->other == NULL && all[0]->number == 0);
    CHECK_EQUAL(MOAT_MOVE_PART(node_type, object(0), object(1), offsetof(struct node, other), sizeof(void *)), MOAT_OK);
    CHECK(once(2));
    CHECK(all[0]->next == NULL && all[0]->other == all[3] && all[0]->number == 0);
    CHECK_EQUAL(MOAT_MOVE_ARRAY(node_type, object(0), object(1), 1), MOAT_OK);
    CHECK(once(2));
    CHECK(all[0]->next == all[2] && all[0]->number == 1);
    CHECK(finish(marking));
    CHECK_HEAP();
}

/* Parts that cut slots or words: byte by byte as the source has it, and nothing around it is touched. */
static void try_parts(bool marking) {
    static struct node from;
    for (size_t offset = 0; offset <= sizeof from; offset++) {
        for (size_t bytes = 0; bytes <= sizeof from - offset; bytes++) {
            CHECK(start(marking));
            for (size_t i = 0; i < sizeof from; i++) {
                ((unsigned char *)&from)[i] = (unsigned char)(i + 1);
            }
            unsigned char *to = (unsigned char *)all[0];
            all[0]->number = 0;
            CHECK_EQUAL(MOAT_MOVE_PART(node_type, all[0], &from, offset, bytes), MOAT_OK);
            for (size_t i = 0; i < sizeof from; i++) {
                CHECK_EQUAL(to[i], i - offset < bytes ? i + 1 : 0);
            }
            CHECK_EQUAL(MOAT_ZERO(node_type, all[0]), MOAT_OK);
            CHECK(finish(marking));
        }
    }
}

static void stores(void) {
    try_stores(false);
    try_stores(true);
}

static void exchanges(void) {
    try_exchanges(false);
    try_exchanges(true);
}

static void moves(void) {
    try_moves(false);
    try_moves(true);
}

static void parts(void) {
    try_parts(false);
    try_parts(true);
}

/* Elements move up and down within one array; their slots' objects survive the cycle that runs. */
static void overlapping_moves(void) {
    enum { LENGTH = 8 };
    for (unsigned round = 0; round < LENGTH * LENGTH; round++) {
        unsigned to = round / LENGTH, from = round % LENGTH;
        unsigned count = LENGTH - (to > from ? to : from);
        CHECK(start(false));
        MOAT_STORE(all[0], MOAT_NEW_ARRAY(node_type, LENGTH));
        CHECK(all[0] != NULL);
        for (unsigned i = 0; i < LENGTH; i++) {
            all[0][i].number = i;
            MOAT_STORE(all[0][i].next, MOAT_NEW(node_type));
            all[0][i].next->number = i;
        }
        moat_cycle_start();
        CHECK_EQUAL(MOAT_MOVE_ARRAY(node_type, &all[0][to], &all[0][from], count), MOAT_OK);
        CHECK(finish(true));
        CHECK_HEAP();
        for (unsigned i = 0; i < LENGTH; i++) {
            unsigned expected = i - to < count ? i - to + from : i;
            CHECK_EQUAL(all[0][i].number, expected);
            CHECK_EQUAL(all[0][i].next->number, expected);
        }
    }
}

/* Elements that begin and end in the middle of a word: their neighbours stay as they are. */
static void small_elements(void) {
    static struct small elements[4], from[4];
    for (unsigned i = 0; i < 4; i++) {
        unsigned char *at = (unsigned char *)elements;
        for (size_t k = 0; k < sizeof elements; k++) {
            at[k] = (unsigned char)(k + 1);
            ((unsigned char *)from)[k] = 0xee;
        }
        CHECK_EQUAL(MOAT_ZERO(small_type, &elements[i]), MOAT_OK);
        for (size_t k = 0; k < sizeof elements; k++) {
            CHECK_EQUAL(at[k], k / sizeof(struct small) == i ? 0 : k + 1);
        }
        CHECK_EQUAL(MOAT_MOVE(small_type, &elements[i], &from[3 - i]), MOAT_OK);
        for (size_t k = 0; k < sizeof elements; k++) {
            CHECK_EQUAL(at[k], k / sizeof(struct small) == i ? 0xee : k + 1);
        }
    }
}

static void barrier_is_off_unless_marking(void) {
    CHECK(start(false));
    CHECK_EQUAL(moat_heap.marking, 0);
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        CHECK_EQUAL(moat_heap.marking != 0, moat_heap.cycle.phase == MOAT_PHASE_MARK);
        moat_cycle_step(1);
    }
    CHECK_EQUAL(moat_heap.marking, 0);
}

static const struct test_case cases[] = {
    TEST_CASE(stores),
    TEST_CASE(exchanges),
    TEST_CASE(moves),
    TEST_CASE(parts),
    TEST_CASE(overlapping_moves),
    TEST_CASE(small_elements),
    TEST_CASE(barrier_is_off_unless_marking),
};

int main(void) {
    return TEST_MAIN(cases);
}
