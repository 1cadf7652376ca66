/* Faults for real: the command line, `NAME [ADDRESS]`, says which; test/fault/test_roundtrip.py runs them all and knows
 * what the decoder has to make of each. A comment `at NAME` marks the line that it has to name.
 *
 * The first boot faults and resets; the second prints the log and ends.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"
#include "base/port.h"
#include "mark/mark.h"
#include "cpu.h"
#include "task.h"

#include <bsp.h>
#include <moat.h>

#include <stdlib.h>
#include <string.h>

#define STATUS_PRINTED 4
#define STATUS_NO_FAULT 5

struct inner {
    uint32_t number;
    MOAT_REF(struct frame) other;
};

struct frame {
    MOAT_REF(struct frame) next;
    struct inner inner[3];
};
MOAT_TYPE_RUNS(frame_type, struct frame, MOAT_RUN_SLOTS(struct frame, next),
               MOAT_RUN_STRUCTS(struct frame, inner, struct inner, other));

static MOAT_ROOT(struct frame) kept;
static MOAT_C_OWNED struct frame ring[4];

/* A call is to leave a frame: no tail calls, nothing inlined. */
#define STAYS() __asm__ volatile("" : : : "memory")
#define FUNCTION __attribute__((noinline, noclone)) static void

/* ---- the faults ---- */

FUNCTION fault_store(void) {
    MOAT_STORE(ring[1].inner[2].other, kept); /* at store */
    STAYS();
}

FUNCTION fault_copy(void) {
    MOAT_MOVE(frame_type, &ring[2], kept); /* at copy */
    STAYS();
}

FUNCTION fault_assert(void) {
    moat_fault_assert(); /* at assert */
}

FUNCTION fault_instruction(void) {
    __builtin_trap(); /* at instruction */
}

/* With interrupts masked a fault may not be taken as what it is. */
FUNCTION fault_masked(void) {
    (void)moat_port_mask();
    __builtin_trap(); /* at masked */
}

static char command_line[80];

/* In hexadecimal, behind the name. */
static uintptr_t address_argument(void) {
    const char *text = strchr(command_line, ' ');
    return text == NULL ? 0 : (uintptr_t)strtoul(text, NULL, 16);
}

FUNCTION fault_load(void) {
    volatile uint32_t *nothing = (volatile uint32_t *)address_argument();
    (void)*nothing; /* at load */
    STAYS();
}

FUNCTION fault_flash(void) {
    *(volatile uint32_t *)(uintptr_t)&frame_type = 1; /* at flash */
    STAYS();
}

FUNCTION fault_jump(void) {
    void (*volatile nowhere)(void) = (void (*)(void))address_argument();
    nowhere(); /* at jump */
    STAYS();
}

static volatile uint32_t depth;

/* Frames of a size that no return address is far from. */
FUNCTION overflow(void) {
    volatile uint32_t room[12];
    room[0] = depth++;
    if (depth != 0) {
        overflow();
    }
    room[1] = room[0];
}

FUNCTION fault_corrupt(void) {
    struct moat_heap_error error;
    ((volatile moat_word *)kept)[-1] = (moat_word)INTPTR_MAX / 2; /* the header, in the name of an overrun: no type */
    if (moat_heap_check(&error) != MOAT_OK) {
        moat_fault_corrupt(&error); /* at corrupt */
    }
    STAYS();
}

FUNCTION fault_memory(void) {
    moat_out_of_memory_hook_set(moat_fault_out_of_memory);
    for (;;) {
        struct frame *node = MOAT_NEW(frame_type); /* at memory */
        MOAT_INIT(node->next, kept);
        MOAT_STORE(kept, node);
    }
}

static _Alignas(16) uintptr_t task_words[1024];
static uintptr_t main_sp;

FUNCTION on_unknown_stack(void) {
    (void)MOAT_NEW_ARRAY(frame_type, 2); /* at unknown_stack */
    STAYS();
}

FUNCTION fault_unknown_stack(void) {
    struct moat_stack stack;
    task_lay_out(&stack, task_words, sizeof task_words / sizeof task_words[0], on_unknown_stack);
    cpu_switch(&main_sp, stack.sp);
}

FUNCTION fault_second_task(void) {
    moat_heap.front.inside = (uintptr_t)task_words; /* as a task leaves it that is preempted inside */
    (void)moat_gc_collect();                        /* at second_task */
    STAYS();
}

FUNCTION fault_core_assert(void) {
    moat_mark_value(kept); /* interrupts are not masked */
    STAYS();
}

/* As a build with MOAT_CONFIG_CHECK_BARRIER finds it, which test/suite/raw_store.c is. */
FUNCTION fault_raw_store(void) {
    moat_fault_raw_store((uintptr_t)__builtin_return_address(0), (uintptr_t)&kept->inner[1].other, (uintptr_t)kept,
                         frame_type.name, (uintptr_t)kept);
}

static int compare(const void *a, const void *b) {
    if (*(const int *)a == *(const int *)b) {
        moat_fault_assert(); /* at library */
    }
    return *(const int *)a < *(const int *)b ? -1 : 1;
}

FUNCTION fault_library(void) {
    static int numbers[] = {5, 3, 9, 1, 8, 2, 7, 2, 6, 4, 0, 5};
    qsort(numbers, sizeof numbers / sizeof numbers[0], sizeof numbers[0], compare);
    STAYS();
}

extern const char moat_thread_guard_start[] __attribute__((weak));

/* The record of a fault whose type's name can't be read. */
FUNCTION fault_nested(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, 0x1000, 0x2222);
    report.type = moat_thread_guard_start + 16;
    moat_fault_raise(&report);
}

/* ---- where they happen ---- */

static void (*what)(void);

FUNCTION descend_1(void) {
    what();
    STAYS();
}
FUNCTION descend_2(void) {
    descend_1();
    STAYS();
}
FUNCTION descend_3(void) {
    descend_2();
    STAYS();
}
FUNCTION descend_4(void) {
    descend_3();
    STAYS();
}
FUNCTION descend_5(void) {
    descend_4();
    STAYS();
}
FUNCTION descend_6(void) {
    descend_5();
    STAYS();
}
FUNCTION descend_7(void) {
    descend_6();
    STAYS();
}
FUNCTION descend_8(void) {
    descend_7();
    STAYS();
}

static void in_handler(void) {
    descend_2();
    STAYS();
}

static volatile uint32_t *volatile nothing_at;

/* Pushes nothing, and on some CPUs nothing is pushed before it. */
FUNCTION load_at_once(void) {
    (void)*nothing_at; /* at leaf */
}

FUNCTION interrupt_leaf(void) {
    nothing_at = (volatile uint32_t *)address_argument();
    bsp_interrupt(load_at_once);
    STAYS();
}

FUNCTION interrupt_me(void) {
    bsp_interrupt(in_handler); /* at interrupted */
    STAYS();
}

static volatile bool waiting;

static void bark(void) {
    if (waiting) {
        moat_fault_watchdog(); /* at watchdog */
    }
}

FUNCTION wait_for_ever(void) {
    bsp_timer_start(2000, true, bark);
    waiting = true;
    while (waiting) {
    }
}

struct provoked {
    const char *name;
    void (*fault)(void);
    void (*where)(void); /* what calls it; NULL: the eight functions */
};

static const struct provoked faults[] = {
    {"store", fault_store, NULL},
    {"copy", fault_copy, NULL},
    {"assert", fault_assert, NULL},
    {"instruction", fault_instruction, NULL},
    {"masked", fault_masked, NULL},
    {"load", fault_load, NULL},
    {"flash", fault_flash, NULL},
    {"jump", fault_jump, NULL},
    {"stack", overflow, NULL},
    {"handler_stack", overflow, interrupt_me},
    {"corrupt", fault_corrupt, NULL},
    {"memory", fault_memory, NULL},
    {"unknown_stack", fault_unknown_stack, NULL},
    {"second_task", fault_second_task, NULL},
    {"core_assert", fault_core_assert, NULL},
    {"raw_store", fault_raw_store, NULL},
    {"library", fault_library, NULL},
    {"nested", fault_nested, NULL},
    {"handler_assert", fault_assert, interrupt_me},
    {"handler_load", fault_load, interrupt_me},
    {"handler_leaf", NULL, interrupt_leaf},
    {"watchdog", wait_for_ever, NULL},
};

static void prepare(void) {
    kept = NULL;
    if (moat_init() == MOAT_OK) {
        struct frame *node = MOAT_NEW(frame_type);
        MOAT_STORE(kept, node);
        MOAT_STORE(node->inner[1].other, node);
    }
}

int main(void) {
    bsp_init();
    if (bsp_boot_count() > 1) {
        bsp_exit(moat_fault_print() == MOAT_FAULT_STATUS_EMPTY ? STATUS_NO_FAULT : STATUS_PRINTED);
    }
    bsp_on_trap(BSP_TRAP_RESET);
    moat_fault_clear();
    prepare();
    size_t length = strcspn(bsp_command_line(command_line, sizeof command_line) > 0 ? command_line : "", " ");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (length != 0 && strncmp(faults[i].name, command_line, length) == 0 && faults[i].name[length] == '\0') {
            what = faults[i].fault;
            (faults[i].where == NULL ? descend_8 : faults[i].where)();
        }
    }
    bsp_exit(STATUS_NO_FAULT);
}
