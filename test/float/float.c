/* Floating point in registers: an interrupt takes none from what it interrupts, a task none from another, and a
 * collection finds a pointer in any that a callee preserves (ambiguous.c).
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "cpu.h"
#include "fresh_heap.h"
#include "task.h"

#include <bsp.h>
#include <moat.h>

#define ROUNDS 8000
#define TASK_WORDS 512

FRESH_ARENA(arena, 8192);

/* Sixteen sums that live in registers. Small whole numbers: the result is exact. */
static __attribute__((noinline)) float sums(float step, unsigned rounds) {
    float a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7, i = 8, j = 9, k = 10, l = 11, m = 12, n = 13, o = 14,
          p = 15;
    for (unsigned round = 0; round < rounds; round++) {
        a += step, b += step, c += step, d += step, e += step, f += step, g += step, h += step;
        i += step, j += step, k += step, l += step, m += step, n += step, o += step, p += step;
    }
    return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p;
}

static float expected(float step, unsigned rounds) {
    return 120 + 16 * step * (float)rounds;
}

static volatile unsigned interrupts;
static volatile float noise;

static void interrupt(void) {
    interrupts++;
    noise = sums(3, 2) / 7;
}

static void an_interrupt_changes_no_sum(void) {
    interrupts = 0;
    bsp_timer_start(1499, true, interrupt);
    bool exact = sums(2, ROUNDS) == expected(2, ROUNDS);
    bsp_timer_stop();
    CHECK(exact);
    CHECK(interrupts > 50);
    test_note("interrupts", interrupts);
}

static void a_handler_adds_up_right(void) {
    noise = 0;
    bsp_interrupt(interrupt);
    CHECK(noise == expected(3, 2) / 7);
}

/* The rounding mode and the flags are the interrupted code's too. */
static uint32_t status(void) {
    uint32_t word;
#ifdef __ARM_FP
    __asm__ volatile("vmrs %0, fpscr" : "=r"(word));
#else
    __asm__ volatile("frcsr %0" : "=r"(word));
#endif
    return word;
}

static void clear_status(void) {
#ifdef __ARM_FP
    __asm__ volatile("vmsr fpscr, %0" : : "r"(0));
#else
    __asm__ volatile("fscsr zero");
#endif
}

static void an_interrupt_leaves_the_flags(void) {
    clear_status();
    bsp_interrupt(interrupt); /* a division that is not exact */
    CHECK_EQUAL(status(), 0);
    noise = noise / 7;
    CHECK(status() != 0);
}

/* Two tasks with sums of their own, switched in their midst, each switch behind a collection. */
static uintptr_t words[TASK_WORDS];
static struct moat_stack task;
static uintptr_t main_sp;
static volatile float task_sum;

static __attribute__((noinline)) float sums_and_switches(float step, uintptr_t *from, const uintptr_t *to) {
    float a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7;
    for (unsigned round = 0; round < 100; round++) {
        a += step, b += step, c += step, d += step, e += step, f += step, g += step, h += step;
        (void)moat_gc_collect();
        cpu_switch(from, *to);
    }
    return a + b + c + d + e + f + g + h;
}

static void run_task(void) {
    task_sum = sums_and_switches(5, &task.sp, &main_sp);
    for (;;) {
        cpu_switch(&task.sp, main_sp);
    }
}

static void tasks_keep_their_sums(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    task_lay_out(&task, words, TASK_WORDS, run_task);
    CHECK_EQUAL(moat_stack_add(&task), MOAT_OK);
    bool exact = sums_and_switches(2, &main_sp, &task.sp) == 28 + 8 * 2 * 100;
    cpu_switch(&main_sp, task.sp);
    CHECK(exact);
    CHECK(task_sum == 28 + 8 * 5 * 100);
    CHECK_EQUAL(moat_stack_remove(&task), MOAT_OK);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(an_interrupt_changes_no_sum),
    TEST_CASE(a_handler_adds_up_right),
    TEST_CASE(an_interrupt_leaves_the_flags),
    TEST_CASE(tasks_keep_their_sums),
};

int main(void) {
    return TEST_MAIN(cases);
}
