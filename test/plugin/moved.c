/* Nodes move from list to list while the collector marks, by plain stores: with the plugin none is lost. Built without
 * it (MOVED_RAW), some must be, or the test tells nothing.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "heap/cycle.h"

#include <moat.h>

#define NODES 40
#define CYCLES 40

struct node {
    struct node *next;
    int id;
};
MOAT_TYPE(node_type, struct node, next);

FRESH_ARENA(arena, 16384);

static MOAT_ROOT(struct node) here;
static MOAT_ROOT(struct node) there;

static __attribute__((noinline)) void fill(void) {
    for (int i = 0; i < NODES; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        node->id = i;
        node->next = here;
        here = node;
    }
}

/* The node behind `node` is then known to a root that was scanned before, and to nobody else. */
static __attribute__((noinline)) void move_one(void) {
    struct node *node = here;
    if (node != NULL) {
        here = node->next;
        node->next = there;
        there = node;
    }
}

static __attribute__((noinline)) void turn(void) {
    struct node *was_here = here;
    here = there;
    there = was_here;
}

/* Nodes that are objects still, each with a number of its own. */
static __attribute__((noinline)) unsigned count(void) {
    unsigned found = 0;
    uint64_t seen = 0;
    for (unsigned list = 0; list < 2; list++) {
        struct node *node = list == 0 ? here : there;
        while (node != NULL && moat_object_find(node, NULL) && node->id >= 0 && node->id < NODES &&
               (seen >> node->id & 1) == 0) {
            seen |= (uint64_t)1 << node->id;
            found++;
            node = node->next;
        }
    }
    return found;
}

/* moves: between two steps of the collector */
static void run_cycle(unsigned units, unsigned moves) {
    scrub_stack();
    moat_cycle_start();
    while (moat_heap.marking != 0) {
        for (unsigned i = 0; i < moves; i++) {
            move_one();
        }
        moat_cycle_step(units);
    }
    moat_cycle_finish();
}

static void moved_while_marking(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    fill();
    unsigned least = NODES;
    for (unsigned cycle = 0; cycle < CYCLES && least == NODES; cycle++) {
        run_cycle(1 + cycle % 4, 1 + cycle / 4);
        (void)MOAT_NEW_BYTES(16);
        unsigned found = count();
        least = found < least ? found : least;
        turn();
    }
#ifdef MOVED_RAW
    CHECK(least < NODES);
#else
    CHECK_EQUAL(least, NODES);
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
#endif
}

static const struct test_case cases[] = {TEST_CASE(moved_while_marking)};

int main(void) {
    return TEST_MAIN(cases);
}
