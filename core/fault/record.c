/* moat: a fault record's bytes. See fault.h, ring.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include "base/build_id.h"
#include "base/free.h"
#include "fault/ring.h"
#include "moat_heap.h"

/* ---- the first part ---- */

/* Copies a name, cut if it is too long, and zeros behind it. */
static void name_write(volatile char *field, const char *name) {
    unsigned length = 0;
    if (name != NULL) {
        for (; length < MOAT_FAULT_NAME_BYTES - 1 && name[length] != '\0'; length++) {
            field[length] = name[length];
        }
    }
    for (; length < MOAT_FAULT_NAME_BYTES; length++) {
        field[length] = '\0';
    }
}

static uint32_t state_now(void) {
    uint32_t state = (uint32_t)moat_heap.cycle.phase & MOAT_FAULT_PHASE_MASK;
    state |= (uint32_t)MOAT_CONFIG_CHECK << MOAT_FAULT_CHECK_SHIFT;
    return moat_port_in_handler() ? state | MOAT_FAULT_IN_HANDLER : state;
}

uintptr_t moat_fault_report_pc(const struct moat_fault_report *report) {
    bool exact = report->kind == MOAT_FAULT_EXCEPTION || report->kind == MOAT_FAULT_STACK;
    return exact ? report->pc : report->pc & ~(uintptr_t)1;
}

static void board_write(volatile struct moat_fault *record) {
    struct moat_port_boot boot;
    moat_port_boot(&boot);
    record->boots = boot.boots;
    record->reset_cause = boot.reset_cause;
    record->uptime = boot.uptime;
    record->clock = moat_port_clock();
}

static void report_write(volatile struct moat_fault *record, const struct moat_fault_report *report) {
    record->kind = report->kind;
    record->state = state_now();
    record->region_kind = report->region_kind;
    record->pc = moat_fault_report_pc(report);
    record->value = report->value;
    record->object = report->object;
    record->destination = report->destination;
    record->cause = report->cause;
    record->detail = report->detail;
    record->extra[0] = report->extra[0];
    record->extra[1] = report->extra[1];
    record->sp = report->sp;
    record->lr = report->lr;
    record->what = (uintptr_t)report->what;
    record->free_bytes = (uint32_t)moat_free_bytes();
    record->word_bytes = sizeof(uintptr_t);
}

static void begin(struct moat_fault_slot *slot, uint32_t sequence) {
    volatile struct moat_fault *record = &slot->record;
    record->magic = MOAT_FAULT_MAGIC_TORN;
    moat_fault_slot_count_set(slot, 1);
    record->layout = MOAT_FAULT_LAYOUT;
    record->sequence = sequence;
    record->registers = record->callers = record->events = 0;
    record->register_mask = 0;
    for (unsigned i = 0; i < MOAT_FAULT_STACKS; i++) {
        record->stack_at[i] = 0;
        record->stack_bytes[i] = 0;
    }
}

/* at: behind the last part. The CRC, then the magic that makes the record count. */
static void end(struct moat_fault_slot *slot, uintptr_t at) {
    volatile struct moat_fault *record = &slot->record;
    uint32_t bytes = (uint32_t)(at - (uintptr_t)record + sizeof(uint32_t));
    record->bytes = (uint16_t)bytes;
    *(volatile uint32_t *)at = moat_fault_check(record, bytes);
    record->magic = MOAT_FAULT_MAGIC;
}

/* ---- what follows it ---- */

static uintptr_t registers_write(uintptr_t at, volatile struct moat_fault *record,
                                 const struct moat_fault_context *context) {
    volatile uintptr_t *to = (volatile uintptr_t *)at;
    for (unsigned i = 0; i < MOAT_PORT_REGISTERS; i++) {
        to[i] = (context->mask >> i & 1) != 0 ? context->registers[i] : 0;
    }
    record->registers = MOAT_PORT_REGISTERS;
    record->register_mask = context->mask;
    return at + MOAT_PORT_REGISTERS * sizeof(uintptr_t);
}

static uintptr_t callers_write(uintptr_t at, volatile struct moat_fault *record, uintptr_t sp) {
    uint32_t found = moat_fault_callers(sp, (volatile uintptr_t *)at, MOAT_FAULT_CALLERS_MAX);
    record->callers = (uint8_t)found;
    return at + found * sizeof(uintptr_t);
}

static uintptr_t events_write(uintptr_t at, volatile struct moat_fault *record) {
    uint32_t count = moat_event_count();
    count = count < MOAT_FAULT_EVENTS_MAX ? count : MOAT_FAULT_EVENTS_MAX;
    for (uint32_t ago = count; ago-- > 0;) {
        const struct moat_event *event = moat_event_at(ago);
        volatile struct moat_event *to = (volatile struct moat_event *)at;
        to->clock = event->clock;
        to->kind = event->kind;
        to->argument = event->argument;
        at += sizeof *event;
    }
    record->events = (uint8_t)count;
    return at;
}

/* Any memory, a half of a word at a time: what stands before it leaves no better alignment. */
typedef uint32_t __attribute__((may_alias)) half;

/* Frames hold poisoned red zones in a sanitized host build; the record has them all the same. */
__attribute__((no_sanitize_address)) static uintptr_t slice_write(uintptr_t at, volatile struct moat_fault *record,
                                                                  unsigned number, uintptr_t sp, uint32_t most) {
    struct moat_range stack;
    if (moat_fault_stack_of(sp, &stack) == MOAT_FAULT_STACK_NONE) {
        return at;
    }
    uintptr_t start = sp < stack.low ? stack.low : sp & ~(uintptr_t)(sizeof sp - 1);
    uintptr_t bytes = (stack.high - start) & ~(uintptr_t)(sizeof sp - 1);
    bytes = bytes < most * sizeof sp ? bytes : most * sizeof sp;
    volatile half *to = (volatile half *)at;
    const volatile half *from = (const volatile half *)start;
    for (uintptr_t i = 0; i < bytes / sizeof(half); i++) {
        to[i] = from[i];
    }
    record->stack_at[number] = start;
    record->stack_bytes[number] = (uint16_t)bytes;
    return at + bytes;
}

/* The stack in use, and the thread's if a handler's is: a part of the room for it is kept back. */
static uintptr_t stacks_write(uintptr_t at, volatile struct moat_fault *record, uintptr_t sp) {
    struct moat_range stack;
    bool handler = moat_fault_stack_of(sp, &stack) == MOAT_FAULT_STACK_HANDLER;
    uintptr_t interrupted = handler ? moat_port_interrupted_sp() : 0;
    uint32_t most = MOAT_CONFIG_FAULT_STACK_WORDS;
    at = slice_write(at, record, 0, sp, interrupted != 0 ? most / 2 : most);
    if (interrupted != 0) {
        at = slice_write(at, record, 1, interrupted, most - record->stack_bytes[0] / (uint32_t)sizeof(uintptr_t));
    }
    return at;
}

void moat_fault_record(struct moat_fault_slot *slot, const struct moat_fault_report *report,
                       const struct moat_fault_context *context, uint32_t sequence) {
    volatile struct moat_fault *record = &slot->record;
    begin(slot, sequence);
    report_write(record, report);
    board_write(record);
    name_write(record->type, report->type);
    name_write(record->region, report->region);
    moat_build_id_write(record->build_id);
    uintptr_t at = (uintptr_t)(&slot->record + 1);
    at = registers_write(at, record, context);
    at = callers_write(at, record, context->sp);
    at = events_write(at, record);
    end(slot, stacks_write(at, record, context->sp));
}

void moat_fault_record_nested(struct moat_fault_slot *slot, const struct moat_fault_report *report, uint32_t first_kind,
                              uint32_t sequence) {
    volatile struct moat_fault *record = &slot->record;
    begin(slot, sequence);
    report_write(record, report);
    record->kind = MOAT_FAULT_NESTED;
    record->detail = report->cause;
    record->cause = first_kind;
    record->what = 0;
    board_write(record);
    name_write(record->type, NULL);
    name_write(record->region, NULL);
    moat_build_id_write(record->build_id);
    end(slot, (uintptr_t)(&slot->record + 1));
}
