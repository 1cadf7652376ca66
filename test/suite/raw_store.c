/* Stores to slots without a macro: while a cycle marks they lose an object, and MOAT_CONFIG_CHECK_BARRIER traps when
 * marking ends, by the slot that leads there. The macros do not.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "heap/cycle.h"
#include "base/port.h"
#include "mark/mark.h"
#include "support/traps.h"

#include <bsp.h>

#define LENGTH 400

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
    MOAT_REF(struct node) other;
};
MOAT_TYPE(node_type, struct node, next, other);

FRESH_ARENA(arena, 2048 * sizeof(void *));
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct node) spare;
static MOAT_ROOT(struct node) stolen;
MOAT_ROOT_OF(node_type, struct node, typed);

/* A list behind `list`, which one allocation does not mark, and a node behind `spare`. No cycle runs. */
static __attribute__((noinline)) void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (unsigned i = 0; i < LENGTH; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        node->value = i;
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    MOAT_STORE(spare, MOAT_NEW(node_type));
    moat_cycle_finish();
    scrub_stack();
}

static bool is_white(const struct node *node) {
    moat_port_mask_t masked = moat_port_mask();
    bool white = moat_mark_is_white(node);
    moat_port_unmask(masked);
    return white;
}

/* A cycle begins, and `spare` becomes a node that is born black. Returns a node of the list that marking has still to
 * come to, and so has the one behind it; NULL: there is none. */
static __attribute__((noinline)) struct node *begin_marking(void) {
    moat_cycle_start();
    MOAT_STORE(spare, MOAT_NEW(node_type));
    struct node *node = list;
    while (node != NULL && !is_white(node)) {
        node = node->next;
    }
    return moat_heap.cycle.phase == MOAT_PHASE_MARK && spare != NULL && !is_white(spare) ? node : NULL;
}

/* `a->next = b->next; b->next = 0;` */
static __attribute__((noinline)) void steal(void) {
    struct node *node = begin_marking();
    CHECK(node != NULL && is_white(node->next));
    spare->next = node->next;
    node->next = NULL;
}

static void finish(void) {
    scrub_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
}

static void a_pointer_moved_by_raw_stores(void) {
    start();
    steal();
    finish();
}
TRAP(a_pointer_moved_by_raw_stores, MOAT_FAULT_RAW_STORE, 0, "raw store to slot")

static __attribute__((noinline)) void steal_with_a_raw_clear(void) {
    struct node *node = begin_marking();
    CHECK(node != NULL && is_white(node->next));
    MOAT_STORE(spare->other, node->next);
    node->next = NULL;
}

/* The old value alone was not told of. */
static void a_pointer_cleared_by_a_raw_store(void) {
    start();
    steal_with_a_raw_clear();
    finish();
}
TRAP(a_pointer_cleared_by_a_raw_store, MOAT_FAULT_RAW_STORE, offsetof(struct node, other), "(struct node, +")

static __attribute__((noinline)) void steal_into_a_root(void) {
    struct node *node = begin_marking();
    CHECK(node != NULL && is_white(node->next));
    *(struct node *volatile *)&stolen = node->next;
    node->next = NULL;
}

static void a_root_written_by_a_raw_store(void) {
    start();
    steal_into_a_root();
    finish();
}
TRAP(a_root_written_by_a_raw_store, MOAT_FAULT_RAW_STORE, 0, "(in no object), which leads to unmarked 0x")

static __attribute__((noinline)) void steal_with_macros(void) {
    struct node *node = begin_marking();
    CHECK(node != NULL && is_white(node->next));
    MOAT_STORE(spare->next, node->next);
    MOAT_CLEAR(node->next);
    MOAT_STORE(typed.other, node);
    MOAT_SWAP(spare->next, typed.other);
}

static void the_macros_tell(void) {
    start();
    steal_with_macros();
    finish();
    CHECK_HEAP();
}
QUIET(the_macros_tell)

/* The first node lends its slot to one further on, while a node is made: it may have been scanned when marking comes to
 * that. No frame keeps a pointer to either meanwhile. */
static __attribute__((noinline)) struct node *nth(unsigned n) {
    struct node *node = list;
    while (n-- != 0) {
        node = node->next;
    }
    return node;
}

static __attribute__((noinline)) void lend(unsigned n) {
    struct node *node = nth(n);
    list->other = node->next;
    node->next = NULL;
}

static __attribute__((noinline)) void give_back(unsigned n) {
    struct node *node = nth(n);
    node->next = list->other;
    list->other = NULL;
}

static void within_some_hundred_allocations(void) {
    start();
    for (unsigned i = 0; i < 700; i++) {
        unsigned n = 1 + i * 137 % (LENGTH - 2);
        lend(n);
        CHECK(MOAT_NEW(node_type) != NULL);
        give_back(n);
    }
}
TRAP(within_some_hundred_allocations, MOAT_FAULT_RAW_STORE, 0, "raw store to slot")

/* A pointer to what is freed: it was kept where nobody looks. */
static uintptr_t hidden;

static __attribute__((noinline)) void hide_one(void) {
    hidden = hide(MOAT_NEW(node_type));
}

static __attribute__((noinline)) void bring_back(void) {
    MOAT_STORE(spare->next, (struct node *)~hidden);
}

static void a_pointer_that_was_kept_nowhere(void) {
    start();
    hide_one();
    collect_cycles(2);
    bring_back();
    finish();
}
TRAP(a_pointer_that_was_kept_nowhere, MOAT_FAULT_CORRUPT, 8, "a slot points at freed memory")

static void work_that_is_legal(void) {
    start();
    for (unsigned i = 0; i < 1000; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        MOAT_INIT(node->next, list->next);
        MOAT_STORE(list->next, node);
        MOAT_CLEAR(node->next->next);
    }
    test_note("cycles", moat_heap.stats.cycles);
    CHECK(moat_heap.stats.cycles >= 3);
    CHECK_HEAP();
}
QUIET(work_that_is_legal)

static const struct test_case cases[] = {
    TRAP_CASE(a_pointer_moved_by_raw_stores),
    TRAP_CASE(a_pointer_cleared_by_a_raw_store),
    TRAP_CASE(a_root_written_by_a_raw_store),
    TRAP_CASE(the_macros_tell),
    TRAP_CASE(within_some_hundred_allocations),
    TRAP_CASE(a_pointer_that_was_kept_nowhere),
    TRAP_CASE(work_that_is_legal),
};

static const struct trap_trial *const trials[] = {
    &trial_a_pointer_moved_by_raw_stores,
    &trial_a_pointer_cleared_by_a_raw_store,
    &trial_a_root_written_by_a_raw_store,
    &trial_the_macros_tell,
    &trial_within_some_hundred_allocations,
    &trial_a_pointer_that_was_kept_nowhere,
    &trial_work_that_is_legal,
};

int main(void) {
    return TRAPS_MAIN(cases, trials);
}
