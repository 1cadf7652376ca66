/* The stacks of preempted tasks: scanned from where the task stands, at one moment, and no more once it is gone.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"

#include "heap/cycle.h"
#include "mark/owner.h"
#include "mark/task.h"

#include <bsp.h>
#include <moat.h>

#define STACK_WORDS 512
#define DEEP 160 /* words of a frame: more than a piece of a scan has */
#define STEPS_MAX 2000
#define APART_BYTES 64

static struct kernel_task task;
static uintptr_t words[STACK_WORDS];

/* Pointers that no scan recognises. */
static uintptr_t hidden;
static uintptr_t serial;

static struct node *shown(void) {
    return (struct node *)~hidden; /* NOLINT(performance-no-int-to-ptr) */
}

/* With room around it: stale words of stacks may point at the objects near by, or at the chunk behind the last one. */
static __attribute__((noinline)) struct node *new_hidden(void) {
    (void)MOAT_NEW_BYTES(APART_BYTES);
    struct node *node = node_new();
    (void)MOAT_NEW_BYTES(APART_BYTES);
    (void)MOAT_NEW_BYTES(APART_BYTES);
    hidden = hide(node);
    serial = node == NULL ? 0 : node->serial;
    return node;
}

static __attribute__((noinline)) bool is_kept(void) {
    node_overwrite_free(NODE_ARENA_BYTES / 2);
    struct moat_object found;
    return moat_object_find(shown(), &found) && found.start == shown() && shown()->serial == serial;
}

static void start(void (*run)(void *), void *argument) {
    kernel_task_start(&task, "holder", 1, words, STACK_WORDS, run, argument);
}

static void finish_cycle(void) {
    for (int i = 0; i < STEPS_MAX && moat_heap.cycle.phase != MOAT_PHASE_IDLE; i++) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
}

/* Clears what calls have left below the caller's frame, and in the registers that callees do not preserve. */
static void scrub(void) {
    node_wash_stack();
    (void)bsp_instructions();
}

/* ---- tasks that hold an object, and sleep ---- */

static void hold_in_frame(void *unused) {
    (void)unused;
    struct node *volatile mine = new_hidden();
    kernel_sleep();
    mine = NULL;
    (void)mine;
}

#ifdef __ARM_FP
/* In a register that no integer code uses. */
static void hold_in_float(void *unused) {
    (void)unused;
    struct node *mine = new_hidden();
    __asm__ volatile("vmov s20, %0\n\tmov %0, #0" : "+r"(mine) : : "s20");
    scrub();
    kernel_sleep();
    __asm__ volatile("vmov %0, s20" : "=r"(mine) : :);
}
#endif

/* Moves it from the end of its frame, which is scanned last, to the front, each time it is woken. */
static void move_in_frame(void *unused) {
    (void)unused;
    struct node *volatile deep[DEEP] = {NULL};
    deep[DEEP - 1] = new_hidden();
    for (int at = DEEP - 1;; at = DEEP - 1 - at) {
        scrub();
        kernel_sleep();
        deep[DEEP - 1 - at] = deep[at];
        deep[at] = NULL;
    }
}

static void hold_argument(void *argument) {
    struct node *volatile mine = argument;
    kernel_sleep();
    (void)mine;
}

/* ---- cases ---- */

static void begin(void) {
    CHECK(moat_gc_collect() == MOAT_OK);
    kernel_start();
}

static void end(void) {
    kernel_stop();
    CHECK_HEAP();
}

static void what_a_task_holds_is_kept(void) {
    begin();
    start(hold_in_frame, NULL);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(is_kept());
    end();
}

static void what_a_float_register_holds_is_kept(void) {
#ifdef __ARM_FP
    begin();
    start(hold_in_float, NULL);
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(is_kept());
    end();
#else
    SKIP("no unit for floating point");
#endif
}

static void what_other_registers_hold_is_kept(void) {
    static uintptr_t registers[4];
    begin();
    start(hold_argument, NULL);
    task.stack.registers = registers;
    task.stack.register_words = 4;
    registers[2] = (uintptr_t)new_hidden();
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(is_kept());
    registers[2] = 0;
    end();
}

/* Runs the cycle until a part of the task's stack has been scanned. */
static bool scans_the_middle(void) {
    for (int i = 0; i < STEPS_MAX && moat_heap.cycle.phase == MOAT_PHASE_MARK; i++) {
        if (moat_heap.mark.stack == &task.stack &&
            moat_heap.mark.stack_at - task.stack.sp >= DEEP * MOAT_WORD_BYTES / 2) {
            return true;
        }
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    return false;
}

static void a_task_that_ran_meanwhile_is_scanned_again(void) {
    begin();
    start(move_in_frame, NULL);
    node_wash_stack();
    moat_cycle_start();
    CHECK(scans_the_middle());
    kernel_wake(&task);
    finish_cycle();
    CHECK(is_kept());
    end();
}

static void a_task_that_runs_all_the_time_does_not_stop_a_cycle(void) {
    begin();
    start(move_in_frame, NULL);
    node_wash_stack();
    moat_cycle_start();
    for (int i = 0; i < STEPS_MAX && moat_heap.cycle.phase == MOAT_PHASE_MARK; i++) {
        if (moat_heap.mark.stack == &task.stack) {
            kernel_wake(&task);
        }
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    CHECK(moat_heap.cycle.phase != MOAT_PHASE_MARK);
    finish_cycle();
    CHECK(is_kept());
    end();
}

/* The object is an argument in a frame that the task has not begun. */
static __attribute__((noinline)) void start_with_object(void) {
    kernel_current()->priority = 2;
    start(hold_argument, new_hidden());
    kernel_current()->priority = 0;
}

static void collect_as_owner(void *unused) {
    (void)unused;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    kernel_sleep();
}

/* The other task waits to be the owner, and between two pieces it is: it ends that cycle, and runs another. */
static void a_scan_of_the_own_stack_ends_with_its_cycle(void) {
    static uintptr_t frames[2 * DEEP];
    begin();
    CHECK(moat_owner_try());
    moat_cycle_start();
    start(collect_as_owner, NULL);
    CHECK_EQUAL(moat_heap.front.waiting, 1);
    CHECK(!moat_task_scan_own((uintptr_t)frames, (uintptr_t)(frames + 2 * DEEP)));
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    moat_owner_leave();
    end();
}

static void a_task_added_while_marking_is_scanned(void) {
    begin();
    moat_cycle_start();
    while (moat_heap.mark.stage <= MOAT_STAGE_STACKS) {
        moat_cycle_step(1);
    }
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_MARK);
    start(hold_argument, NULL);
    CHECK(moat_heap.mark.stacks_grey);
    CHECK_EQUAL(moat_heap.mark.stage, MOAT_STAGE_STACKS);
    finish_cycle();
    CHECK_EQUAL(task.stack.cycle, moat_heap.cycle.number);
    end();
}

static void a_task_that_has_not_begun_holds_its_argument(void) {
    begin();
    start_with_object();
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(is_kept());
    end();
}

static void a_deleted_task_leaves_nothing(void) {
    begin();
    start(move_in_frame, NULL);
    node_wash_stack();
    moat_cycle_start();
    CHECK(scans_the_middle());
    kernel_task_delete(&task);
    CHECK(moat_heap.mark.stack == NULL);
    for (int i = 0; i < STACK_WORDS; i++) {
        words[i] = hide(NULL);
    }
    finish_cycle();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(!moat_object_find(shown(), NULL));
    CHECK_EQUAL(moat_task_remove(&task.stack), MOAT_ERR_ABSENT);
    end();
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(what_a_task_holds_is_kept),
    TEST_CASE(what_a_float_register_holds_is_kept),
    TEST_CASE(what_other_registers_hold_is_kept),
    TEST_CASE(a_task_that_ran_meanwhile_is_scanned_again),
    TEST_CASE(a_task_that_runs_all_the_time_does_not_stop_a_cycle),
    TEST_CASE(a_scan_of_the_own_stack_ends_with_its_cycle),
    TEST_CASE(a_task_added_while_marking_is_scanned),
    TEST_CASE(a_task_that_has_not_begun_holds_its_argument),
    TEST_CASE(a_deleted_task_leaves_nothing),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    node_wash_stack();
    return TEST_MAIN(cases);
}
