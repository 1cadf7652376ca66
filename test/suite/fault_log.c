/* The log of faults over boots: what is kept, counted and let go, in RAM and in a sink; what a record has beside the
 * fault itself. Each boot leaves something for the next; the last one judges.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "base/event.h"
#include "fault/fault.h"
#include "fault/ring.h"

#include <bsp.h>
#include <moat.h>

#define BOOTS 10
#define BLOCK_BYTES 8192u
#define BLOCKS 3u
#define LISTED_MAX 8

/* One line of the log. */
struct line {
    uint32_t sequence, count, kind;
    uint64_t pc;
};

struct lines {
    uint32_t length;
    struct line at[LISTED_MAX];
};

static __attribute__((section(".noinit.moat_fault_log_suite"))) struct {
    struct lines ram[BOOTS + 1]; /* what each boot found */
    struct lines sink[BOOTS + 1];
    struct moat_fault nested;
    enum moat_fault_status printed; /* with a torn record among them */
    uint8_t flash[BLOCKS * BLOCK_BYTES];
} seen;

/* ---- a sink ---- */

static int flash_read(void *context, uint32_t at, void *buffer, uint32_t bytes) {
    (void)context;
    for (uint32_t i = 0; i < bytes; i++) {
        ((volatile uint8_t *)buffer)[i] = seen.flash[at + i];
    }
    return 0;
}

static int flash_write(void *context, uint32_t at, const void *data, uint32_t bytes) {
    (void)context;
    for (uint32_t i = 0; i < bytes; i++) {
        ((volatile uint8_t *)seen.flash)[at + i] = ((const uint8_t *)data)[i];
    }
    return 0;
}

static int flash_erase(void *context, uint32_t block) {
    (void)context;
    for (uint32_t i = 0; i < BLOCK_BYTES; i++) {
        ((volatile uint8_t *)seen.flash)[block * BLOCK_BYTES + i] = 0xff;
    }
    return 0;
}

static const struct moat_fault_sink sink = {BLOCK_BYTES, BLOCKS, 8, flash_read, flash_write, flash_erase, NULL};

/* ---- looking ---- */

static void line_of(struct line *line, const struct moat_fault *fault, uint32_t count) {
    line->sequence = fault->sequence;
    line->count = count;
    line->kind = fault->kind;
    line->pc = fault->pc;
}

static void list_ram(struct lines *lines) {
    const struct moat_fault *fault;
    uint32_t count;
    for (lines->length = 0; lines->length < LISTED_MAX && (fault = moat_fault_at(lines->length, &count)) != NULL;
         lines->length++) {
        line_of(&lines->at[lines->length], fault, count);
    }
}

static void list_sink(struct lines *lines) {
    struct moat_fault fault;
    uint32_t count;
    for (lines->length = 0;
         lines->length < LISTED_MAX && moat_fault_sink_read(lines->length, &fault, sizeof fault, &count) != 0;
         lines->length++) {
        line_of(&lines->at[lines->length], &fault, count);
    }
}

/* ---- the boots ---- */

static _Noreturn void raise_at(uintptr_t pc) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, pc, 0x2222);
    moat_fault_raise(&report);
}

/* No board lets this be read: the guard of a stack. Weak, for the host has none. */
extern const char moat_thread_guard_start[] __attribute__((weak));

/* The recording itself faults. */
static _Noreturn void raise_with_bad_name(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_COPY, 0x7000, 0x2222);
    report.type = moat_thread_guard_start + 16;
    moat_fault_raise(&report);
}

/* RAM as power-up leaves it. */
static void lose_power(void) {
    volatile uint8_t *bytes = (volatile uint8_t *)&moat_fault_retained;
    for (size_t i = 0; i < sizeof moat_fault_retained; i++) {
        bytes[i] = (uint8_t)(i * 29);
    }
}

static void go_on(uint32_t boot) {
    switch (boot) {
    case 1:
    case 2:
        raise_at(0x1000);
    case 3:
        raise_at(0x2000);
    case 4:
        raise_at(0x3000);
    case 5:
        raise_at(0x4000); /* there is room for three */
    case 6:
        raise_with_bad_name();
    case 7:
        seen.printed = moat_fault_print();
        (void)moat_fault_sink_set(&sink);
        list_sink(&seen.sink[7]);
        raise_at(0x5000);
    case 8:
        lose_power();
        (void)moat_fault_sink_set(&sink);
        list_sink(&seen.sink[8]);
        raise_at(0x5000); /* known to the sink alone */
    case 9:
        (void)moat_fault_sink_set(&sink);
        list_sink(&seen.sink[9]);
        raise_at(0x6000);
    default:
        break;
    }
}

/* ---- judging ---- */

static bool is_line(const struct lines *lines, uint32_t index, uint32_t sequence, uint32_t kind, uint64_t pc,
                    uint32_t count) {
    const struct line *line = &lines->at[index];
    return test_equal(__FILE__, __LINE__, "sequence", line->sequence, sequence) &&
           test_equal(__FILE__, __LINE__, "kind", line->kind, kind) &&
           (pc == 0 || test_equal(__FILE__, __LINE__, "pc", (int64_t)line->pc, (int64_t)pc)) &&
           test_equal(__FILE__, __LINE__, "count", line->count, count);
}

#define CHECK_LINE(lines, index, sequence, kind, pc, count)                                                            \
    do {                                                                                                               \
        if (!is_line((lines), (index), (sequence), (kind), (pc), (count))) {                                           \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static void first_boot_is_empty(void) {
    CHECK_EQUAL(seen.ram[1].length, 0);
}

static void repeats_are_counted(void) {
    CHECK_EQUAL(seen.ram[2].length, 1);
    CHECK_LINE(&seen.ram[2], 0, 1, MOAT_FAULT_STORE, 0x1000, 1);
    CHECK_EQUAL(seen.ram[3].length, 1);
    CHECK_LINE(&seen.ram[3], 0, 1, MOAT_FAULT_STORE, 0x1000, 2);
}

static void first_and_newest_are_kept(void) {
    CHECK_EQUAL(seen.ram[5].length, 3);
    CHECK_LINE(&seen.ram[5], 1, 2, MOAT_FAULT_STORE, 0x2000, 1);
    CHECK_EQUAL(seen.ram[6].length, 3);
    CHECK_LINE(&seen.ram[6], 0, 1, MOAT_FAULT_STORE, 0x1000, 2);
    CHECK_LINE(&seen.ram[6], 1, 3, MOAT_FAULT_STORE, 0x3000, 1);
    CHECK_LINE(&seen.ram[6], 2, 4, MOAT_FAULT_STORE, 0x4000, 1);
}

/* The record that was being written is torn; the one of the fault that tore it is there. */
static void fault_in_the_handler_is_recorded(void) {
    CHECK_EQUAL(seen.ram[7].length, 3);
    CHECK_LINE(&seen.ram[7], 0, 1, MOAT_FAULT_STORE, 0x1000, 2);
    CHECK_LINE(&seen.ram[7], 1, 4, MOAT_FAULT_STORE, 0x4000, 1);
    CHECK_LINE(&seen.ram[7], 2, 5, MOAT_FAULT_NESTED, 0, 1);
    CHECK_EQUAL(seen.nested.cause, MOAT_FAULT_COPY);
    CHECK_TEXT(seen.nested.type, "");
    CHECK_EQUAL(seen.nested.registers + seen.nested.callers + seen.nested.events, 0);
    CHECK_EQUAL(seen.printed, MOAT_FAULT_STATUS_VALID);
}

static void sink_gets_what_ram_has(void) {
    CHECK_EQUAL(seen.sink[7].length, 3);
    CHECK_LINE(&seen.sink[7], 0, 1, MOAT_FAULT_STORE, 0x1000, 2);
    CHECK_LINE(&seen.sink[7], 1, 4, MOAT_FAULT_STORE, 0x4000, 1);
    CHECK_LINE(&seen.sink[7], 2, 5, MOAT_FAULT_NESTED, 0, 1);
}

static void sink_outlives_power(void) {
    CHECK_EQUAL(seen.ram[8].length, 4);
    CHECK_EQUAL(seen.sink[8].length, 4);
    CHECK_LINE(&seen.sink[8], 3, 6, MOAT_FAULT_STORE, 0x5000, 1);
}

/* RAM has it again, with the count that the sink knows; the sink has no second record of it. */
static void repeat_after_power_loss_is_counted(void) {
    CHECK_EQUAL(seen.ram[9].length, 1);
    CHECK_LINE(&seen.ram[9], 0, 7, MOAT_FAULT_STORE, 0x5000, 2);
    CHECK_EQUAL(seen.sink[9].length, 4);
    CHECK_LINE(&seen.sink[9], 3, 6, MOAT_FAULT_STORE, 0x5000, 2);
}

static void sequence_goes_on_over_both(void) {
    CHECK_EQUAL(seen.ram[10].length, 2);
    CHECK_LINE(&seen.ram[10], 1, 8, MOAT_FAULT_STORE, 0x6000, 1);
}

static void clear_clears_both(void) {
    struct lines lines;
    CHECK(moat_fault_sink_set(&sink));
    CHECK_EQUAL(moat_fault_print(), MOAT_FAULT_STATUS_VALID);
    moat_fault_clear();
    list_ram(&lines);
    CHECK_EQUAL(lines.length, 0);
    list_sink(&lines);
    CHECK_EQUAL(lines.length, 0);
    CHECK_EQUAL(moat_fault_print(), MOAT_FAULT_STATUS_EMPTY);
    CHECK_EQUAL(moat_fault_sequence_last(), 8);
}

/* ---- what a record has ---- */

static const uint8_t *part_of(const struct moat_fault *fault, unsigned part) {
    size_t word = sizeof(uintptr_t);
    const size_t lengths[] = {fault->registers * word, fault->callers * word, fault->events * sizeof(struct moat_event),
                              fault->stack_bytes[0], fault->stack_bytes[1]};
    const uint8_t *at = (const uint8_t *)(fault + 1);
    for (unsigned i = 0; i < part; i++) {
        at += lengths[i];
    }
    return at;
}

static uintptr_t word_at(const uint8_t *bytes) {
    uintptr_t word = 0;
    for (size_t i = sizeof word; i-- > 0;) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static __attribute__((noinline)) void record_here(struct moat_fault_slot *slot, const uintptr_t *registers,
                                                  uintptr_t sp) {
    struct moat_fault_report report;
    struct moat_fault_context context = {.sp = sp, .registers = registers, .mask = 5};
    moat_fault_report_begin(&report, MOAT_FAULT_ASSERT, 0x1000, sp);
    moat_fault_record(slot, &report, &context, 77);
}

static void registers_and_stack_are_recorded(void) {
    uintptr_t registers[MOAT_PORT_REGISTERS];
    volatile uintptr_t marks[4] = {0x11111111, 0x22222222, 0x33333333, 0x44444444};
    for (unsigned i = 0; i < MOAT_PORT_REGISTERS; i++) {
        registers[i] = 0x100 + i;
    }
    struct moat_fault_slot *slot = moat_fault_slot(0);
    record_here(slot, registers, (uintptr_t)marks);
    const struct moat_fault *fault = &slot->record;
    CHECK_EQUAL(moat_fault_slot_status(0), MOAT_FAULT_STATUS_VALID);
    CHECK_EQUAL(fault->registers, MOAT_PORT_REGISTERS);
    CHECK_EQUAL(word_at(part_of(fault, 0)), 0x100);
    CHECK_EQUAL(word_at(part_of(fault, 0) + sizeof(uintptr_t)), 0); /* not known */
    CHECK_EQUAL(word_at(part_of(fault, 0) + 2 * sizeof(uintptr_t)), 0x102);
    CHECK_EQUAL(fault->stack_at[0], (uintptr_t)marks);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQUAL(word_at(part_of(fault, 3) + i * sizeof(uintptr_t)), 0x11111111u * (i + 1));
    }
    CHECK(fault->stack_bytes[0] <= MOAT_CONFIG_FAULT_STACK_WORDS * sizeof(uintptr_t));
    CHECK_EQUAL(fault->stack_bytes[1], 0);
    CHECK_EQUAL(fault->boots, BOOTS);
    CHECK_EQUAL(fault->reset_cause, MOAT_RESET_SOFTWARE);
}

/* A slice that ends with its stack has no more than the stack; without a stack there is none. */
static void slices_end_with_their_stack(void) {
    uintptr_t registers[MOAT_PORT_REGISTERS] = {0};
    struct moat_range stack = moat_port_thread_stack();
    struct moat_fault_slot *slot = moat_fault_slot(0);
    record_here(slot, registers, stack.high - 3 * sizeof(uintptr_t));
    CHECK_EQUAL(slot->record.stack_bytes[0], 3 * sizeof(uintptr_t));
    record_here(slot, registers, stack.high + 4096);
    CHECK_EQUAL(slot->record.stack_bytes[0],
                moat_port_handler_stack().low == stack.high + 4096 ? slot->record.stack_bytes[0] : 0);
    record_here(slot, registers, stack.low - 64); /* run over its end */
    CHECK_EQUAL(slot->record.stack_at[0], stack.low);
}

/* This function's caller stands on the stack; numbers that are no return addresses do, too. */
static __attribute__((noinline)) void find_callers(volatile uintptr_t *found, uint32_t *count) {
    volatile uintptr_t words[3] = {0, 1, (uintptr_t)&seen};
    (void)words[0];
    *count = moat_fault_callers((uintptr_t)words, found, MOAT_FAULT_CALLERS_MAX);
}

static void callers_are_found(void) {
    volatile uintptr_t found[MOAT_FAULT_CALLERS_MAX];
    uint32_t count;
    find_callers(found, &count);
    CHECK(count >= 1);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(moat_port_follows_call(found[i]));
    }
    uintptr_t own = (uintptr_t)callers_are_found & ~(uintptr_t)1;
    CHECK(found[0] > own && found[0] < own + 400);
}

/* ---- events ---- */

#if MOAT_CONFIG_EVENTS > 0
static void events_are_recorded(void) {
    uintptr_t registers[MOAT_PORT_REGISTERS] = {0};
    for (uint32_t i = 0; i < 3 * MOAT_CONFIG_EVENTS + 5; i++) {
        MOAT_EVENT(i % 2 == 0 ? MOAT_EVENT_SLICE_BEGIN : MOAT_EVENT_SLICE_END, i);
        CHECK_EQUAL(moat_event_count(), i + 1 < MOAT_CONFIG_EVENTS ? i + 1 : MOAT_CONFIG_EVENTS);
        CHECK_EQUAL(moat_event_at(0)->argument, i);
        CHECK_EQUAL(moat_event_at(moat_event_count() - 1)->argument, i + 1 - moat_event_count());
    }
    struct moat_fault_slot *slot = moat_fault_slot(0);
    record_here(slot, registers, 0);
    CHECK_EQUAL(slot->record.events, MOAT_FAULT_EVENTS_MAX);
    const struct moat_event *event = (const struct moat_event *)(const void *)part_of(&slot->record, 2);
    for (uint32_t i = 0; i < MOAT_FAULT_EVENTS_MAX; i++) {
        CHECK_EQUAL(event[i].argument, 3 * MOAT_CONFIG_EVENTS + 5 - MOAT_FAULT_EVENTS_MAX + i);
        CHECK(i == 0 || (int32_t)(event[i].clock - event[i - 1].clock) >= 0);
    }
    CHECK(event[0].clock != event[MOAT_FAULT_EVENTS_MAX - 1].clock);
}
#else
static void events_are_recorded(void) {
    uintptr_t registers[MOAT_PORT_REGISTERS] = {0};
    MOAT_EVENT(MOAT_EVENT_FINALIZE_BEGIN, 1);
    record_here(moat_fault_slot(0), registers, 0);
    CHECK_EQUAL(moat_fault_slot(0)->record.events, 0);
}
#endif

static const struct test_case cases[] = {
    TEST_CASE(first_boot_is_empty),
    TEST_CASE(repeats_are_counted),
    TEST_CASE(first_and_newest_are_kept),
    TEST_CASE(fault_in_the_handler_is_recorded),
    TEST_CASE(sink_gets_what_ram_has),
    TEST_CASE(sink_outlives_power),
    TEST_CASE(repeat_after_power_loss_is_counted),
    TEST_CASE(sequence_goes_on_over_both),
    TEST_CASE(clear_clears_both),
    TEST_CASE(registers_and_stack_are_recorded),
    TEST_CASE(slices_end_with_their_stack),
    TEST_CASE(callers_are_found),
    TEST_CASE(events_are_recorded),
};

int main(void) {
    uint32_t boot = bsp_boot_count();
    bsp_init();
    if (boot == 1) {
        for (uint32_t block = 0; block < BLOCKS; block++) {
            flash_erase(NULL, block);
        }
        moat_fault_clear();
    }
    if (boot >= 1 && boot <= BOOTS) {
        list_ram(&seen.ram[boot]);
    }
    if (boot == 7) {
        (void)moat_fault_get(&seen.nested);
    }
    if (boot >= 1 && boot < BOOTS) {
        bsp_on_trap(BSP_TRAP_RESET);
        go_on(boot);
    }
    return TEST_MAIN(cases);
}
