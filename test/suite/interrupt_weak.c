/* Weak references and rings, with a handler at each instruction: what it reads of a weak reference while thread mode
 * collects lives on; what it makes, clears and reads while thread mode does the same is whole; and nothing that goes
 * through a ring is lost, or kept.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "heap/cycle.h"
#include "mark/weak.h"
#include "support/node.h"
#include "support/step.h"

#include <moat.h>
#include <moat_ring.h>

static MOAT_ROOT(struct node) kept;
static MOAT_ROOT(struct node) saved;
static MOAT_ROOT(struct moat_weak) weak;
static MOAT_ROOT(struct moat_weak) weak_too;
static uintptr_t serial;
static bool apart, gave, refused;

/* An object that leads to another; weak references to it. */
static __attribute__((noinline)) void prepare(void) {
    MOAT_CLEAR(saved);
    MOAT_CLEAR(weak);
    MOAT_CLEAR(weak_too);
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    struct node *node = node_new(), *other = node_new();
    CHECK(node != NULL && other != NULL);
    MOAT_STORE(node->a, other);
    serial = node->serial;
    MOAT_STORE(weak, moat_weak_new(node));
    MOAT_STORE(weak_too, moat_weak_new(node));
    MOAT_STORE(kept, node);
    CHECK(weak != NULL && weak_too != NULL);
}

static void drop(void) {
    MOAT_CLEAR(kept);
    node_wash_stack();
}

static bool is_whole(const struct node *node) {
    return node->serial == serial && node->a != NULL && node->a->serial == serial + 1;
}

/* ---- a handler reads while thread mode collects ---- */

static void collect(void) {
    moat_cycle_start();
    moat_cycle_finish();
}

static void read_in_handler(void) {
    struct node *node = moat_weak_get(weak);
    apart = apart || node != moat_weak_get(weak_too);
    gave = gave || node != NULL;
    refused = refused || node == NULL;
    MOAT_STORE(saved, node);
    (void)node_new(); /* a slice of what goes on */
}

static __attribute__((noinline)) void check_saved(void) {
    CHECK(saved == NULL || is_whole(saved));
    CHECK(moat_weak_get(weak) == saved && moat_weak_get(weak_too) == saved);
}

static enum step_where read_at(const void *unused, uint32_t n) {
    (void)unused;
    prepare();
    drop();
    enum step_where where = step_at(n, collect, read_in_handler);
    node_overwrite_free(NODE_ARENA_BYTES / 4);
    check_saved();
    if (moat_heap_check(NULL) != MOAT_OK || apart) {
        test_fail(__FILE__, __LINE__, "sound, and both alike");
    }
    return test_failed() ? STEP_AFTER : where;
}

static void a_handler_reads_at_each_instruction_of_a_cycle(void) {
    apart = gave = refused = false;
    test_note("points hit", step_through(read_at, NULL, 500));
    CHECK(gave && refused);
    CHECK_HEAP();
}

/* ---- a handler does what thread mode does ---- */

static MOAT_ROOT(struct moat_weak) made_here;
static MOAT_ROOT(struct moat_weak) made_there;
static struct node *read_here;

static __attribute__((noinline)) void use_here(void) {
    read_here = moat_weak_get(weak);
    MOAT_STORE(made_here, moat_weak_new(kept));
    moat_weak_clear(weak_too);
}

static void use_there(void) {
    apart = apart || moat_weak_get(weak) != kept;
    MOAT_STORE(made_there, moat_weak_new(kept));
    moat_weak_clear(weak_too);
}

static unsigned listed(const struct moat_weak *wanted) {
    unsigned found = 0;
    for (uintptr_t at = moat_weak_refs.first; at != 0; at = ((const struct moat_weak *)at)->next) {
        found += at == (uintptr_t)wanted;
    }
    return found;
}

static enum step_where use_at(const void *marking, uint32_t n) {
    prepare();
    if (marking != NULL) {
        moat_cycle_start();
    }
    enum step_where where = step_at(n, use_here, use_there);
    bool once = listed(made_here) == 1 && listed(made_there) == 1 && listed(weak) == 1;
    moat_cycle_finish();
    bool right = moat_weak_get(made_here) == kept && moat_weak_get(made_there) == kept && read_here == kept &&
                 moat_weak_get(weak_too) == NULL;
    if (!once || !right || apart || moat_heap_check(NULL) != MOAT_OK) {
        test_fail(__FILE__, __LINE__, "each is listed once and refers to its object");
    }
    return test_failed() ? STEP_AFTER : where;
}

static void a_handler_at_each_instruction_of_use(void) {
    apart = false;
    test_note("points hit, idle", step_through(use_at, NULL, 100));
    test_note("points hit, marking", step_through(use_at, "marking", 100));
    CHECK_HEAP();
}

/* ---- rings ---- */

#define CAPACITY 3u

MOAT_RING(ring_of_nodes, struct node);
static MOAT_ROOT(union ring_of_nodes) ring;
static uintptr_t pushed_serial, taken_serial;
static bool out_of_order;
static uint32_t pushed, taken, full;

static void push(void) {
    struct node *node = node_new();
    if (node == NULL) {
        return; /* the handler's: memory is short */
    }
    int result = MOAT_RING_PUSH(ring, node);
    pushed += result == MOAT_OK;
    full += result == MOAT_ERR_FULL;
    pushed_serial = result == MOAT_OK ? node->serial : pushed_serial;
}

static void pop(void) {
    const struct node *node = MOAT_RING_POP(ring);
    if (node != NULL) {
        out_of_order = out_of_order || node->serial <= taken_serial;
        taken_serial = node->serial;
        taken++;
    }
}

static void push_twice(void) {
    push();
    push();
}

static void pop_twice(void) {
    pop();
    pop();
}

/* Starts with one in the ring, whose indices go round. */
static enum step_where exchange_at(const void *by_handler, uint32_t n) {
    push();
    bool marking = n % 2 != 0;
    if (marking) {
        moat_cycle_start();
    }
    void (*here)(void) = by_handler != NULL ? pop_twice : push_twice;
    enum step_where where = step_at(n, here, by_handler != NULL ? push_twice : pop_twice);
    moat_cycle_finish();
    while (MOAT_RING_COUNT(ring) != 0) {
        pop();
    }
    if (out_of_order || pushed != taken || taken_serial != pushed_serial || moat_heap_check(NULL) != MOAT_OK) {
        test_fail(__FILE__, __LINE__, "what is pushed is taken, in order");
    }
    return test_failed() ? STEP_AFTER : where;
}

static void nothing_is_lost_in_a_ring(void) {
    MOAT_STORE(ring, MOAT_RING_NEW(union ring_of_nodes, CAPACITY));
    CHECK(ring != NULL);
    out_of_order = false;
    test_note("points hit, a handler pops", step_through(exchange_at, NULL, 100));
    test_note("points hit, a handler pushes", step_through(exchange_at, "by handler", 60));
    test_note("pushed", pushed);
    CHECK_HEAP();
}

static void a_ring_has_room_for_its_capacity(void) {
    MOAT_STORE(ring, MOAT_RING_NEW(union ring_of_nodes, CAPACITY));
    CHECK(ring != NULL);
    full = pushed = taken = 0;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < CAPACITY; i++) {
            push();
        }
        CHECK_EQUAL(MOAT_RING_COUNT(ring), CAPACITY);
        push();
        CHECK_EQUAL(full, round + 1);
        CHECK_EQUAL(MOAT_RING_PUSH(ring, NULL), MOAT_ERR_NULL);
        for (unsigned i = 0; i < CAPACITY; i++) {
            pop();
        }
        CHECK(MOAT_RING_POP(ring) == NULL && MOAT_RING_COUNT(ring) == 0);
        for (unsigned i = 0; i <= CAPACITY; i++) { /* nothing is kept by what is not used */
            CHECK(ring->ring.slots[i].at == NULL);
        }
    }
    CHECK(moat_ring_new(0) == NULL && moat_ring_new(SIZE_MAX) == NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(a_handler_reads_at_each_instruction_of_a_cycle),
    TEST_CASE(a_handler_at_each_instruction_of_use),
    TEST_CASE(a_ring_has_room_for_its_capacity),
    TEST_CASE(nothing_is_lost_in_a_ring),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES / 4);
    return TEST_MAIN(cases);
}
