/* A visitor of marking that is preempted at each of its instructions, by a task that ends the cycle meanwhile.
 *
 * The main program has the collector's lock; the visitor allocates; a third task collects, for which it waits for the
 * lock: the main program has its priority then, and gives the lock up before the visitor goes on.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"
#include "support/step.h"

#include "heap/cycle.h"

#include <moat.h>

#define ARENA_BYTES (1024 * MOAT_GRANULE)
#define STACK_WORDS 512
#define NODES 5

static struct kernel_task visitor, collector;
static uintptr_t visitor_stack[STACK_WORDS], collector_stack[STACK_WORDS];

static volatile uint32_t step;
static volatile enum step_where where;
static volatile uint32_t collections;

static void collect(void *unused) {
    (void)unused;
    for (;;) {
        kernel_sleep();
        (void)moat_gc_collect();
        collections++;
    }
}

static void wake_collector(void) {
    kernel_wake(&collector);
}

static void make(void) {
    (void)MOAT_NEW_BYTES(2 * MOAT_GRANULE);
}

static void visit(void *unused) {
    (void)unused;
    for (;;) {
        kernel_sleep();
        where = step_at(step, make, wake_collector);
    }
}

static void nothing(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(finalized_type, struct node, nothing, next, a, b);

static MOAT_ROOT(struct node) list;

static __attribute__((noinline)) void build(void) {
    MOAT_CLEAR(list);
    for (int i = 0; i < NODES; i++) {
        CHECK(node_push(&list));
        CHECK(MOAT_NEW(finalized_type) != NULL);
    }
}

/* context: the stage of marking that the visitor finds. */
static enum step_where attempt(const void *context, uint32_t n) {
    uint32_t before = collections;
    step = n;
    build();
    (void)moat_kernel_lock(true);
    moat_cycle_finish();
    moat_cycle_start();
    while (moat_heap.mark.stage != *(const uint8_t *)context) {
        (void)moat_cycle_step(1);
    }
    kernel_wake(&visitor);
    moat_kernel_unlock();
    while (collections == before) {
        kernel_yield();
    }
    return test_heap(__FILE__, __LINE__) ? where : STEP_AFTER;
}

static bool started;

static void the_cycle_may_end_at_each_instruction(void) {
    static const uint8_t stages[] = {MOAT_STAGE_ROOTS, MOAT_STAGE_STACKS, MOAT_STAGE_CONDEMN, MOAT_STAGE_DOOM};
    CHECK(started);
    kernel_start();
    kernel_task_start(&visitor, "visitor", 1, visitor_stack, STACK_WORDS, visit, NULL);
    kernel_task_start(&collector, "collector", 2, collector_stack, STACK_WORDS, collect, NULL);
    for (unsigned i = 0; i < sizeof stages && !test_failed(); i++) {
        test_note("points hit", step_through(attempt, &stages[i], 100));
    }
    kernel_stop();
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(the_cycle_may_end_at_each_instruction),
};

int main(void) {
    started = node_heap_start(ARENA_BYTES);
    return TEST_MAIN(cases);
}
