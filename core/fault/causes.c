/* moat: the faults that firmware, ports and boards raise. See moat_fault.h, fault.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include "fault/assert.h"
#include "base/caller.h"
#include "base/port.h"
#include "moat.h"

#define FRAME() ((uintptr_t)__builtin_frame_address(0))

/* Weak, as moat_fault_misused is: port/small has smaller ones. */
__attribute__((weak)) _Noreturn void moat_fault_exception(const struct moat_fault_exception *exception) {
    struct moat_fault_report report;
    const char *stack = moat_fault_overrun(exception->sp, exception->address);
    moat_fault_report_begin(&report, stack != NULL ? MOAT_FAULT_STACK : MOAT_FAULT_EXCEPTION, exception->pc,
                            exception->sp);
    report.lr = exception->lr;
    report.destination = exception->address;
    report.region = stack;
    report.cause = exception->cause;
    report.detail = exception->detail;
    report.extra[0] = exception->extra[0];
    report.extra[1] = exception->extra[1];
    report.registers = exception->registers;
    report.register_mask = exception->register_mask;
    moat_fault_raise(&report);
}

MOAT_ENTRY _Noreturn void moat_fault_assert(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_ASSERT, MOAT_CALLER(), FRAME());
    moat_fault_raise(&report);
}

/* A file of core is named as core includes it, by its folder and its name, wherever the compiler found it: that fits in
 * a name of the record. */
static const char *name_in_core(const char *file) {
    const char *name = file, *folder = file;
    for (const char *at = file; *at != '\0'; at++) {
        if (*at == '/') {
            folder = name;
            name = at + 1;
        }
    }
    return folder;
}

/* The line is the cause too: compilers let assertions of one function share the call. */
MOAT_ENTRY _Noreturn void moat_assert_failed(const char *file, unsigned line) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_CORE_ASSERT, MOAT_CALLER(), FRAME());
    report.region = name_in_core(file);
    report.cause = line;
    report.what = "memory of moat's was overwritten, or this is a fault of moat's: please report it";
    moat_fault_raise(&report);
}

_Noreturn void moat_fault_raw_store(uintptr_t pc, uintptr_t slot, uintptr_t object, const char *type,
                                    uintptr_t target) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_RAW_STORE, pc, FRAME());
    report.value = report.destination = slot;
    report.object = object;
    report.type = type;
    report.cause = slot - object;
    report.detail = target;
    report.what = "this slot, or one that its value came from, was written without MOAT_STORE, MOAT_CLEAR or MOAT_MOVE";
    moat_fault_raise(&report);
}

__attribute__((weak)) _Noreturn void moat_fault_misused(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    struct moat_fault_report report;
    if (MOAT_CONFIG_CHECK >= 1 && other == MOAT_PORT_MISUSED_UNMASKED) {
        moat_fault_report_begin(&report, MOAT_FAULT_UNMASKED, pc, sp);
        report.what = "leave it to a handler that can be masked, or to thread mode";
        moat_fault_raise(&report);
    }
    if (MOAT_CONFIG_TASKS != 0 && MOAT_CONFIG_CHECK >= 1 && other == MOAT_PORT_MISUSED_MASKED_WAIT) {
        moat_fault_report_begin(&report, MOAT_FAULT_MASKED_WAIT, pc, sp);
        report.what = "open interrupts before the call, or make it before they are masked";
        moat_fault_raise(&report);
    }
    bool unknown = other == 0;
    moat_fault_report_begin(&report, unknown ? MOAT_FAULT_UNKNOWN_STACK : MOAT_FAULT_SECOND_TASK, pc, sp);
    report.destination = other;
    report.region = unknown ? moat_fault_overrun(sp, sp) : NULL;
    report.what = !unknown ? "tasks must switch outside of moat, or lock it"
                  : report.region != NULL
                      ? "make that stack larger, or register this one with moat_stack_add"
                      : "register the stack with moat_stack_add before allocating or collecting on it";
    moat_fault_raise(&report);
}

MOAT_ENTRY _Noreturn void moat_fault_corrupt(const struct moat_heap_error *error) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_CORRUPT, MOAT_CALLER(), FRAME());
    report.destination = (uintptr_t)error->where;
    report.cause = error->invariant;
    report.what = error->what;
    moat_fault_raise(&report);
}

static const char *overwritten(unsigned invariant) {
    switch (invariant) {
    case 4:
        return "a header is no object's: something wrote over it, or past the end of the object before it";
    case 5:
        return "a hole was written to: something wrote to a freed object, or past the end of the object before it";
    case 7:
        return "the grey list leads to what is no grey object: a header was written over";
    case 10:
        return "a finalizers' list holds what has no finalizer: something wrote over an object's last word, or header";
    case 13:
        return "the list of weak references holds what is none: something wrote over one, or over its header";
    default:
        return "the chunk was written to: something wrote past the end of the object before it";
    }
}

__attribute__((weak)) _Noreturn void moat_fault_overwritten(unsigned invariant, uintptr_t where, uintptr_t pc) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_CORRUPT, pc, FRAME());
    report.destination = where;
    report.cause = invariant;
    report.what = overwritten(invariant);
    moat_fault_raise(&report);
}

MOAT_ENTRY bool moat_fault_out_of_memory(size_t bytes) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_MEMORY, MOAT_CALLER(), FRAME());
    report.value = bytes;
    moat_fault_raise(&report);
}

MOAT_ENTRY _Noreturn void moat_fault_watchdog(void) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_WATCHDOG, MOAT_CALLER(), FRAME());
    moat_fault_raise(&report);
}
