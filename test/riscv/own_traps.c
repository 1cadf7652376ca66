/* Firmware whose traps enter at a function of its own, and whose start-up leaves mscratch alone: moat learns from
 * moat_board_in_handler what runs. Built with MOAT_CONFIG_BOARD_IN_HANDLER=1.
 *
 * The first boot ends in a trap that an interrupt raises; the second runs the cases.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "harness.h"

#include "../../port/port_board.h"

#include <bsp.h>
#include <moat.h>

#define CAUSE_INTERRUPT (UINTPTR_MAX / 2 + 1)
#define STATUS_UNEXPECTED 9

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;

#define NODES 800 /* of 32 bytes on a 64-bit core, in the linker's arena of 32 KiB */

/* ---- the entry ---- */

static volatile unsigned depth;

bool moat_board_in_handler(void) {
    return depth != 0;
}

static __attribute__((interrupt("machine"), aligned(4))) void entry(void) {
    uintptr_t cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    depth++;
    if ((cause & CAUSE_INTERRUPT) == 0 || !moat_board_interrupt(cause & ~CAUSE_INTERRUPT)) {
        bsp_exit(STATUS_UNEXPECTED);
    }
    depth--;
}

/* As start-up of such firmware does it. */
static void take_traps(void) {
    __asm__ volatile("csrw mtvec, %0\n\tcsrw mscratch, zero" : : "r"(entry));
}

static bool push(void) {
    struct node *node = MOAT_NEW(node_type);
    if (node != NULL) {
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
    }
    return node != NULL;
}

static void drop_all(void) {
    MOAT_CLEAR(list);
}

static bool started;

static void thread_mode_works(void) {
    CHECK(started);
    for (int i = 0; i < NODES; i++) {
        CHECK(push());
    }
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(moat_gc_step(1) >= 0);
    int length = 0;
    for (struct node *node = list; node != NULL; node = node->next) {
        length++;
    }
    CHECK_EQUAL(length, NODES);
    drop_all();
    CHECK_HEAP();
}

/* ---- in the interrupt ---- */

static int results[3];
static struct moat_stack stack;

static void call_what_is_for_the_thread(void) {
    results[0] = moat_gc_collect();
    results[1] = moat_gc_step(1);
    results[2] = moat_stack_add(&stack);
}

static void the_interrupt_may_not_collect(void) {
    uint32_t cycles = moat_heap.stats.cycles;
    console_begin();
    bsp_interrupt(call_what_is_for_the_thread);
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(results[i], MOAT_ERR_HANDLER);
    }
    CHECK(console_has("moat: moat_gc_collect: not in a handler: call it in thread mode (MOAT_ERR_HANDLER"));
    CHECK_EQUAL(moat_heap.stats.cycles, cycles);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK); /* nothing is left of it */
}

static int made;

static void allocate_all(void) {
    while (push()) {
        made++;
    }
}

/* It gets what is free, then NULL at once, and leaves the cycle to thread mode. */
static void the_interrupt_allocates_as_a_handler(void) {
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    uint32_t cycle = moat_heap.cycle.number;
    drop_all();
    made = 0;
    bsp_interrupt(allocate_all);
    CHECK(made > 100);
    CHECK_EQUAL(moat_heap.cycle.number, cycle);
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    CHECK(moat_heap.cycle.requested);
    drop_all();
    CHECK(push());
    CHECK(moat_heap.cycle.number != cycle);
    CHECK_HEAP();
}

static void raise(void) {
    moat_fault_assert();
}

static void a_trap_in_the_interrupt_ended_the_boot(void) {
    struct moat_fault fault;
    CHECK_EQUAL(bsp_boot_count(), 2);
    CHECK_EQUAL(moat_fault_get(&fault), MOAT_FAULT_STATUS_VALID);
    CHECK_EQUAL(fault.kind, MOAT_FAULT_ASSERT);
    CHECK((fault.state & MOAT_FAULT_IN_HANDLER) != 0);
}

static const struct test_case cases[] = {
    TEST_CASE(thread_mode_works),
    TEST_CASE(the_interrupt_may_not_collect),
    TEST_CASE(the_interrupt_allocates_as_a_handler),
    TEST_CASE(a_trap_in_the_interrupt_ended_the_boot),
};

int main(void) {
    take_traps();
    started = moat_init() == MOAT_OK;
    bsp_init();
    if (bsp_boot_count() == 1) {
        bsp_on_trap(BSP_TRAP_RESET);
        moat_fault_clear();
        bsp_interrupt(raise);
    }
    return TEST_MAIN(cases);
}
