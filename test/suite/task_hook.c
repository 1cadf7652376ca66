/* The out-of-memory hook with tasks: while one is in it, others are refused memory without asking it again.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"

#include <moat.h>

#define ARENA_BYTES (256 * MOAT_GRANULE)
#define STACK_WORDS 512

static MOAT_ROOT(struct node) list;

static struct kernel_task other;
static uintptr_t other_stack[STACK_WORDS];

static unsigned asked, refused_others;
static bool started;

/* Asks for memory too, while the main program is in the hook. */
static void want(void *unused) {
    (void)unused;
    refused_others += MOAT_NEW_BYTES(ARENA_BYTES / 4) == NULL;
}

static bool let_go(size_t bytes) {
    (void)bytes;
    if (asked++ == 0) {
        kernel_task_start(&other, "other", 1, other_stack, STACK_WORDS, want, NULL);
        kernel_yield();
    }
    MOAT_CLEAR(list);
    return true;
}

static __attribute__((noinline)) void fill(void) {
    while (node_push(&list)) {
    }
}

static void others_are_refused_and_the_hook_is_asked_once(void) {
    CHECK(started);
    kernel_start();
    moat_out_of_memory_hook *before = moat_out_of_memory_hook_set(NULL);
    CHECK(before == NULL);
    fill();
    (void)moat_out_of_memory_hook_set(let_go);
    node_wash_stack();
    CHECK(MOAT_NEW_BYTES(ARENA_BYTES / 4) != NULL);
    (void)moat_out_of_memory_hook_set(NULL);
    CHECK_EQUAL(asked, 1);
    CHECK_EQUAL(refused_others, 1);
    kernel_stop();
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(others_are_refused_and_the_hook_is_asked_once),
};

int main(void) {
    started = node_heap_start(ARENA_BYTES);
    return TEST_MAIN(cases);
}
