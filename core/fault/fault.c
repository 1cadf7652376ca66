/* moat: raising a fault: the last words before the trap. See fault.h; docs/fault-record.md.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include "fault/ring.h"
#include "moat_heap.h"

const struct moat_fault_mirror *moat_fault_mirror;

/* Since start-up. */
static volatile enum {
    RUNNING,
    RAISED, /* a fault is being recorded, printed, written to the sink */
    NESTED, /* another one came meanwhile and is being recorded */
} stage;

static volatile uint32_t first_kind; /* of the fault that is RAISED */

static moat_fault_hook *hook;

moat_fault_hook *moat_fault_hook_set(moat_fault_hook *next) {
    moat_fault_hook *previous = hook;
    hook = next;
    return previous;
}

void moat_fault_report_begin(struct moat_fault_report *report, enum moat_fault_kind kind, uintptr_t pc, uintptr_t sp) {
    report->kind = kind;
    report->pc = pc;
    report->sp = sp;
    report->lr = 0;
    report->value = 0;
    report->object = 0;
    report->destination = 0;
    report->type = NULL;
    report->region = NULL;
    report->region_kind = MOAT_REGION_UNKNOWN;
    report->cause = 0;
    report->detail = 0;
    report->extra[0] = report->extra[1] = 0;
    report->what = NULL;
    report->registers = NULL;
    report->register_mask = 0;
}

/* The sink's count of this fault is added: power may have gone since it was written. */
static uint32_t seen_before(const struct moat_fault *record) {
    return moat_fault_mirror == NULL ? 0 : moat_fault_mirror->count(record);
}

/* Records the fault, or counts it if it is known; a sink is not looked at before the record is whole. Returns the slot.
 */
static struct moat_fault_slot *keep(const struct moat_fault_report *report, const struct moat_fault_context *context) {
    unsigned same = moat_fault_slot_same(report->kind, moat_fault_report_pc(report), report->cause);
    if (same != MOAT_FAULT_SLOTS) {
        struct moat_fault_slot *slot = moat_fault_slot(same);
        uint32_t count = moat_fault_slot_count(slot);
        moat_fault_slot_count_set(slot, count == UINT32_MAX ? count : count + 1);
        return slot;
    }
    struct moat_fault_slot *slot = moat_fault_slot(moat_fault_slot_choose());
    uint32_t sequence = moat_fault_sequence_last() + 1;
    moat_fault_record(slot, report, context, sequence);
    moat_fault_sequence_keep(sequence);
    moat_fault_slot_count_set(slot, 1);
    moat_fault_slot_count_set(slot, seen_before(&slot->record) + 1);
    return slot;
}

/* Nothing is printed, or read, that the first fault may have stumbled over. */
static void keep_nested(const struct moat_fault_report *report) {
    struct moat_fault_slot *slot = moat_fault_slot(MOAT_FAULT_SLOT_NESTED);
    if (moat_fault_slot_same(MOAT_FAULT_NESTED, moat_fault_report_pc(report), first_kind) == MOAT_FAULT_SLOT_NESTED) {
        moat_fault_slot_count_set(slot, moat_fault_slot_count(slot) + 1);
        return;
    }
    uint32_t sequence = moat_fault_sequence_last() + 1;
    moat_fault_record_nested(slot, report, first_kind, sequence);
    moat_fault_sequence_keep(sequence);
}

static void raise_first(const struct moat_fault_report *report) {
    static uintptr_t registers[MOAT_PORT_REGISTERS];
    struct moat_fault_context context;
    context.registers = report->registers;
    context.mask = report->register_mask;
    context.sp = report->sp;
    if (report->registers == NULL) {
        context.registers = registers;
        context.mask = moat_port_registers(registers);
        context.sp = registers[MOAT_PORT_REGISTER_SP];
    }
    struct moat_fault_slot *slot = keep(report, &context);
    moat_port_write("\n", 1); /* ends what was being printed when it happened */
    uint32_t count = moat_fault_slot_count(slot);
    moat_fault_print_record(&slot->record, count);
    if (moat_fault_mirror != NULL) {
        moat_fault_mirror->append(&slot->record, count);
    }
    moat_heap.front.inside = 0; /* the hook may look at the heap */
    if (hook != NULL) {
        hook(&slot->record);
    }
}

_Noreturn void moat_fault_raise(const struct moat_fault_report *report) {
    (void)moat_port_mask();
    if (stage == RUNNING) {
        stage = RAISED;
        first_kind = report->kind;
        raise_first(report);
    } else if (stage == RAISED) {
        stage = NESTED;
        keep_nested(report);
    }
    moat_port_trap();
}
