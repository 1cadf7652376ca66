/* With tasks: a store without a macro traps when another task than the one that stored ends marking, by an address in
 * code.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "heap/cycle.h"
#include "kernel/kernel.h"
#include "support/traps.h"

#define LENGTH 300
#define STACK_WORDS 512

struct link {
    MOAT_REF(struct link) next;
    MOAT_REF(struct link) other;
};
MOAT_TYPE(link_type, struct link, next, other);

FRESH_ARENA(arena, 2048 * sizeof(void *));
static MOAT_ROOT(struct link) list;
static MOAT_ROOT(struct link) spare;

static struct kernel_task other;
static uintptr_t other_stack[STACK_WORDS];

static void collect(void *unused) {
    (void)unused;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
}

static __attribute__((noinline)) void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (unsigned i = 0; i < LENGTH; i++) {
        struct link *node = MOAT_NEW(link_type);
        CHECK(node != NULL);
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    moat_cycle_finish();
    kernel_start();
}

/* The last but one gives its successor away while nothing is marked but what the stacks and roots hold. */
static __attribute__((noinline)) void steal(void) {
    moat_cycle_start();
    MOAT_STORE(spare, MOAT_NEW(link_type));
    struct link *node = list;
    while (node->next->next != NULL) {
        node = node->next;
    }
    spare->other = node->next;
    node->next = NULL;
}

static void found_by_another_task(void) {
    start();
    steal();
    scrub_stack();
    kernel_task_start(&other, "other", 1, other_stack, STACK_WORDS, collect, NULL);
    kernel_yield();
    kernel_stop();
}
TRAP(found_by_another_task, MOAT_FAULT_RAW_STORE, offsetof(struct link, other), "(struct link, +")

static const struct trap_trial *const trials[] = {&trial_found_by_another_task};

static void its_record_names_code(void) {
    const struct moat_fault *fault = traps_fault(&trial_found_by_another_task);
    CHECK(fault != NULL && fault->pc != 0);
}

static const struct test_case cases[] = {
    TRAP_CASE(found_by_another_task),
    TEST_CASE(its_record_names_code),
};

int main(void) {
    return TRAPS_MAIN(cases, trials);
}
