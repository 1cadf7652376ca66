/* The small end of port/small: what is left in 64 bytes of a fault of the CPU, in thread mode and in a handler, and of
 * an allocation on an unknown stack; and none of the fault log is linked.
 *
 * Each trial ends in a reset, and the next boot judges it: the state of the run is in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "../../port/small/small_end.h"
#include "cpu.h"
#include "task.h"

#include <bsp.h>
#include <moat.h>

#define FUNCTION_BYTES 64 /* no body is larger */
#define TRIALS 3
#define WORDS 512

static __attribute__((section(".noinit.moat_test_small_end"))) struct {
    struct moat_small_end found[TRIALS];
    bool ended[TRIALS];
    bool left_over; /* it was told again */
} run;

static _Alignas(16) uintptr_t words[WORDS];
static uintptr_t main_sp;

static void collect(void) {
    (void)moat_gc_collect();
    __asm__ volatile("" : : : "memory"); /* no tail call */
}

static void collect_on_an_unknown_stack(void) {
    struct moat_stack stack;
    CHECK_EQUAL(moat_init(), MOAT_OK);
    task_lay_out(&stack, words, WORDS, collect);
    cpu_switch(&main_sp, stack.sp);
}

static void fault_in_thread(void) {
    cpu_undefined();
    __asm__ volatile("" : : : "memory"); /* no tail call */
}

static void fault_in_handler(void) {
    bsp_interrupt(cpu_undefined);
}

static void (*const trials[TRIALS])(void) = {fault_in_thread, fault_in_handler, collect_on_an_unknown_stack};

static bool is_in(uintptr_t pc, void (*function)(void)) {
    return pc - ((uintptr_t)function & ~(uintptr_t)1) < FUNCTION_BYTES;
}

static void an_exception_is_told(void) {
    for (unsigned i = 0; i < 2; i++) {
        CHECK(run.ended[i]);
        CHECK_EQUAL(run.found[i].kind, MOAT_SMALL_END_EXCEPTION);
        CHECK(run.found[i].cause != 0);
        CHECK(is_in(run.found[i].pc, cpu_undefined));
    }
    CHECK(run.found[0].sp != run.found[1].sp);
    CHECK(is_in(run.found[0].lr, fault_in_thread));
}

static void an_unknown_stack_is_told(void) {
    CHECK(run.ended[2]);
    CHECK_EQUAL(run.found[2].kind, MOAT_SMALL_END_UNKNOWN_STACK);
    CHECK(is_in(run.found[2].pc, collect));
    CHECK(run.found[2].sp - (uintptr_t)words < sizeof words);
    CHECK_EQUAL(run.found[2].address, 0);
}

static void it_is_told_once(void) {
    CHECK(!run.left_over);
}

extern const char moat_fault_retained[] __attribute__((weak));

static void there_is_no_log(void) {
    CHECK(moat_fault_retained == NULL);
}

static const struct test_case cases[] = {
    TEST_CASE(an_exception_is_told),
    TEST_CASE(an_unknown_stack_is_told),
    TEST_CASE(it_is_told_once),
    TEST_CASE(there_is_no_log),
};

int main(void) {
    bsp_init();
    bsp_on_trap(BSP_TRAP_RESET);
    uint32_t boot = bsp_boot_count();
    struct moat_small_end none;
    if (boot > 1 && boot <= TRIALS + 1) {
        run.ended[boot - 2] = moat_small_end_get(&run.found[boot - 2]);
    }
    run.left_over = (boot > 1 && run.left_over) || moat_small_end_get(&none);
    if (boot <= TRIALS) {
        trials[boot - 1]();
    }
    return TEST_MAIN(cases);
}
