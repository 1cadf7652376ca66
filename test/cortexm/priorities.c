/* Handlers at three priorities, nested, that allocate and store; and handlers that moat's mask does not keep out, where
 * it must not be used. For Cortex-M, where interrupts that no device has are pended by software.
 *
 * With MOAT_CONFIG_BASEPRI an interrupt above it is taken inside of the mask. The argument end=NAME uses moat where it
 * must not be used, which ends the run.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "suite/support/node.h"

#include "base/port.h"
#include "../../bsp/cortexm/cortexm.h"

#include <bsp.h>
#include <moat.h>

/* Lines that no device has, and their priorities. Lower numbers are more urgent. */
#define LINE_LOW 24u
#define LINE_MIDDLE 25u
#define LINE_HIGH 26u
#define LINE_ABOVE 27u
#define LEVELS 3u
#define PRIORITY_LOW 0xc0u
#define PRIORITY_MIDDLE 0x80u
#define PRIORITY_HIGH 0x40u
#define PRIORITY_ABOVE 0x20u

#define ROUNDS TEST_ROOM(1000u, 300u)
#define KEPT 24 /* nodes of each list: it is dropped when it is longer */
#define TIMER_INSTRUCTIONS 4999u

void IRQ24_Handler(void);
void IRQ25_Handler(void);
void IRQ26_Handler(void);
void IRQ27_Handler(void);
void NMI_Handler(void);
void HardFault_Handler(void);

static bool started;

static void pend(uint32_t line) {
    bsp_line(NVIC_ISPR, line);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

static void line_open(uint32_t line, uint32_t priority) {
    volatile uint32_t *four = &NVIC_IPR[line / 4];
    uint32_t shift = 8 * (line % 4);
    *four = (*four & ~(0xffu << shift)) | priority << shift;
    bsp_line(NVIC_ISER, line);
}

/* ---- three priorities ---- */

/* Each is one handler's: the thread reads them between rounds, interrupts masked. */
static MOAT_ROOT(struct node) list_low;
static MOAT_ROOT(struct node) list_middle;
static MOAT_ROOT(struct node) list_high;
static MOAT_ROOT(struct node) shared; /* all of them exchange it */
static struct {
    uint32_t runs, failed, length;
    uintptr_t newest;
} level[LEVELS];
static volatile uint32_t depth, deepest;

/* One handler's work: a node more in its list, and one that all see. */
static void serve(uint32_t number, MOAT_REF(struct node) * list) {
    level[number].runs++;
    if (level[number].length == KEPT) {
        MOAT_CLEAR(*list);
        level[number].length = 0;
    }
    if (node_push(list)) {
        level[number].length++;
        struct node *before = MOAT_EXCHANGE(shared, *list);
        MOAT_STORE((*list)->a, before == *list ? NULL : before);
        if (before != NULL) {
            MOAT_CLEAR(before->a);
        }
    } else {
        level[number].failed++;
    }
}

static void enter(void) {
    depth++;
    deepest = depth > deepest ? depth : deepest;
}

void IRQ24_Handler(void) {
    enter();
    pend(LINE_MIDDLE);
    serve(0, &list_low);
    pend(LINE_HIGH);
    depth--;
}

void IRQ25_Handler(void) {
    enter();
    serve(1, &list_middle);
    pend(LINE_HIGH);
    serve(1, &list_middle);
    depth--;
}

void IRQ26_Handler(void) {
    enter();
    serve(2, &list_high);
    depth--;
}

static void on_timer(void) {
    bsp_line(NVIC_ISPR, LINE_HIGH);
}

static uint32_t length_of(const struct node *node) {
    uint32_t length = 0;
    for (; node != NULL; node = node->next) {
        length++;
    }
    return length;
}

static void handlers_nest_at_three_priorities(void) {
    CHECK(started);
    line_open(LINE_LOW, PRIORITY_LOW);
    line_open(LINE_MIDDLE, PRIORITY_MIDDLE);
    line_open(LINE_HIGH, PRIORITY_HIGH);
    uint32_t cycles = moat_heap.stats.cycles;
    bsp_timer_start(TIMER_INSTRUCTIONS, true, on_timer);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        pend(LINE_LOW);
        for (uint32_t j = test_random_below(8); j != 0; j--) {
            struct node *node = node_new();
            if (node != NULL) {
                MOAT_STORE(node->b, shared);
            }
        }
        CHECK_EQUAL(depth, 0);
    }
    bsp_timer_stop();
    test_note("cycles", (int64_t)(moat_heap.stats.cycles - cycles));
    test_note("most urgent handler's runs", level[2].runs);
    CHECK_EQUAL(deepest, LEVELS);
    CHECK(moat_heap.stats.cycles - cycles > 10);
    for (uint32_t i = 0; i < LEVELS; i++) {
        CHECK(level[i].runs >= ROUNDS);
        CHECK(level[i].failed * 10 < level[i].runs); /* a handler gets no memory rather than wait for it */
    }
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(length_of(list_low), level[0].length);
    CHECK_EQUAL(length_of(list_middle), level[1].length);
    CHECK_EQUAL(length_of(list_high), level[2].length);
    CHECK_HEAP();
}

/* ---- above the mask ---- */

static volatile uint32_t above;
static void (*volatile above_does)(void);

void IRQ27_Handler(void) {
    above++;
    if (above_does != NULL) {
        above_does();
    }
}

static volatile uint32_t interrupts;

static void count(void) {
    interrupts++;
}

static void the_mask_keeps_out_what_it_should(void) {
    line_open(LINE_ABOVE, PRIORITY_ABOVE);
    above = interrupts = 0;
    moat_port_mask_t masked = moat_port_mask();
    pend(LINE_ABOVE);
    bsp_interrupt(count);
    uint32_t above_masked = above, interrupts_masked = interrupts;
    moat_port_unmask(masked);
    CHECK_EQUAL(above_masked, MOAT_CONFIG_BASEPRI != 0);
    CHECK_EQUAL(interrupts_masked, 0);
    CHECK_EQUAL(above, 1);
    CHECK_EQUAL(interrupts, 1);
}

/* ---- where moat must not be used ---- */

static void allocate(void) {
    (void)node_new();
}

static void allocate_bytes(void) {
    (void)MOAT_NEW_BYTES(24);
}

static void allocate_array(void) {
    (void)node_new_array(2);
}

static void exchange(void) {
    (void)MOAT_EXCHANGE(shared, NULL);
}

static void pin(void) {
    (void)moat_pin(shared);
}

void NMI_Handler(void) {
    above_does();
}

void HardFault_Handler(void) {
    above_does();
}

#define ICSR_NMI (1u << 31)

static void in_nmi(void (*function)(void)) {
    above_does = function;
    moat_port_mask_t masked = moat_port_mask(); /* it comes all the same */
    SCB_ICSR = ICSR_NMI;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
    moat_port_unmask(masked);
}

static void in_hard_fault(void (*function)(void)) {
    above_does = function;
    __asm__ volatile("cpsid i\n\tsvc #0\n\tcpsie i" : : : "memory");
}

static void in_interrupt_above(void (*function)(void)) {
    above_does = function;
    line_open(LINE_ABOVE, PRIORITY_ABOVE);
    pend(LINE_ABOVE);
}

static const struct {
    const char *name;
    void (*context)(void (*function)(void));
    void (*function)(void);
} ends[] = {
    {"nmi", in_nmi, allocate},
    {"nmi_bytes", in_nmi, allocate_bytes},
    {"nmi_array", in_nmi, allocate_array},
    {"hard_fault", in_hard_fault, allocate},
    {"above", in_interrupt_above, allocate},
    {"above_exchange", in_interrupt_above, exchange},
    {"above_pin", in_interrupt_above, pin},
};

/* Runs the end that the command line asks for. It does not return, if all is right. */
static void end_as_told(void) {
    const char *name = test_argument("end");
    for (size_t i = 0; name != NULL && i < sizeof ends / sizeof ends[0]; i++) {
        if (test_same_text(name, ends[i].name)) {
            ends[i].context(ends[i].function);
            test_fail(__FILE__, __LINE__, "moat was used there and nothing trapped");
        }
    }
}

static const struct test_case cases[] = {
    TEST_CASE(end_as_told),
    TEST_CASE(handlers_nest_at_three_priorities),
    TEST_CASE(the_mask_keeps_out_what_it_should),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    return TEST_MAIN(cases);
}
