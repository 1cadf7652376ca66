/* The longest allocation of a real-time task, with a task that collects ahead of time and without, and where that one
 * starves.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"

#include <bsp.h>
#include <moat.h>

#define STACK_WORDS 512
#define LIVE 300 /* nodes */
#define FEW 40   /* of which there is room for, when most live */
#define ROUNDS 1000u
#define AT_ONCE 4            /* allocations of a round */
#define PERIOD 15000u        /* instructions from one round to the next */
#define PERIOD_STARVED 1500u /* they leave no time for anybody else */

static MOAT_ROOT(struct node) live;

static struct kernel_task real_time, collector;
static uintptr_t real_time_stack[STACK_WORDS], collector_stack[STACK_WORDS];

static volatile bool over;
static volatile uint32_t longest, all, count, denied, rounds; /* all, count: while a cycle runs */

/* ---- the real-time task: it replaces one of its nodes, and makes others that die at once ---- */

static __attribute__((noinline)) void allocate(uint32_t i) {
    bool cycling = moat_heap.cycle.phase != MOAT_PHASE_IDLE;
    uint32_t since = bsp_instructions();
    struct node *node = node_new();
    uint32_t took = bsp_instructions() - since;
    longest = took > longest ? took : longest;
    if (cycling) {
        all += took;
        count++;
    }
    if (node == NULL) {
        denied++;
    } else if (i == 0) {
        struct node *head = live;
        if (head != NULL) {
            MOAT_INIT(node->next, head->next);
            MOAT_STORE(live, node);
        }
    }
}

static void work(void *unused) {
    (void)unused;
    while (!over) {
        for (uint32_t i = 0; i < AT_ONCE; i++) {
            allocate(i);
        }
        rounds++;
        over = over || rounds == ROUNDS;
        kernel_sleep();
    }
}

static void wake(void) {
    kernel_wake(&real_time);
}

static void collect(void *unused) {
    (void)unused;
    moat_gc_task(MOAT_CONFIG_PACE);
}

/* A kernel's task begins on a stack of zeros. */
static size_t stack_used(void) {
    size_t words = 0;
    while (words < STACK_WORDS && collector_stack[words] == 0) {
        words++;
    }
    return (STACK_WORDS - words) * sizeof collector_stack[0];
}

/* ---- the case ---- */

/* The main program's part: it has the lowest priority. */
static void yield(void) {
    while (!over) {
        kernel_yield();
    }
}

static void run(void (*meanwhile)(void), bool helped, uint32_t period) {
    MOAT_CLEAR(live);
    moat_heap.pace.helped = false;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    for (int i = 0; i < LIVE; i++) {
        CHECK(node_push(&live));
    }
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK); /* so that the pace knows what lives */
    over = false;
    longest = all = count = denied = rounds = 0;
    kernel_start();
    if (helped) {
        kernel_task_start(&collector, "collector", 0, collector_stack, STACK_WORDS, collect, NULL);
    }
    kernel_task_start(&real_time, "real time", 1, real_time_stack, STACK_WORDS, work, NULL);
    uint32_t cycles = moat_heap.cycle.number;
    bsp_timer_start(period, true, wake);
    meanwhile();
    bsp_timer_stop();
    while (moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        (void)moat_gc_step(MOAT_CONFIG_PACE);
        kernel_yield();
    }
    kernel_stop();
    test_note("cycles", moat_heap.cycle.number - cycles);
    test_note("while a cycle runs, in the mean, instructions", count == 0 ? 0 : all / count);
    test_note("the longest allocation, instructions", longest);
    CHECK(moat_heap.cycle.number > cycles + 3);
    CHECK_EQUAL(denied, 0);
    CHECK_HEAP();
}

static uint32_t alone, alone_mean;

static void without_a_collector(void) {
    run(yield, false, PERIOD);
    alone = longest;
    alone_mean = all / count;
}

/* The longest may wait for a step of the collector's task. */
static void with_a_collector_allocations_do_less(void) {
    run(yield, true, PERIOD);
    CHECK(all / count < alone_mean * 2 / 3);
    CHECK(longest < 2 * alone);
    test_note("the collector's task, bytes of stack", (uint32_t)stack_used());
}

/* Its task is preempted as the owner, and gets no time: whoever allocates has to take its place. */
static void where_it_starves_allocations_pay(void) {
    run(yield, true, PERIOD_STARVED);
    CHECK(longest < 5 * alone);
}

/* A task that has the collector's lock, and never time to do anything with it, cycle or none. */
static void hold_lock(void) {
    while (!over) {
        if (moat_kernel_lock(false)) {
            while (!over && *(volatile uint32_t *)&moat_heap.front.waiting == 0) {
            }
            moat_kernel_unlock();
        }
    }
}

/* No cycle is under way that could be behind: who comes to the search's stop must not live on what is left. */
static void where_the_owner_starts_no_cycle_allocations_do(void) {
    run(hold_lock, false, PERIOD);
    CHECK(longest < 5 * alone);
}

static __attribute__((noinline)) void fill(void) {
    MOAT_CLEAR(live);
    while (node_push(&live)) {
    }
    for (int i = 0; i < FEW; i++) {
        MOAT_STORE(live, live->next);
    }
}

/* Where little is free all of it is near the stop. */
static void the_collector_rests_where_nothing_is_made(void) {
    fill();
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    uint32_t before = moat_heap.cycle.number;
    kernel_start();
    kernel_task_start(&collector, "collector", 0, collector_stack, STACK_WORDS, collect, NULL);
    for (int i = 0; i < 2000; i++) {
        kernel_yield();
    }
    kernel_stop();
    CHECK_EQUAL(moat_heap.cycle.number, before);
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(without_a_collector),
    TEST_CASE(with_a_collector_allocations_do_less),
    TEST_CASE(where_it_starves_allocations_pay),
    TEST_CASE(where_the_owner_starts_no_cycle_allocations_do),
    TEST_CASE(the_collector_rests_where_nothing_is_made),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    return TEST_MAIN(cases);
}
