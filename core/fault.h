/* moat, internal: how core raises a fault. The record itself is public: moat_fault.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FAULT_INTERNAL_H
#define MOAT_FAULT_INTERNAL_H

#include "include/moat_fault.h"
#include "include/moat_region.h"

#include <stdint.h>

/* What the guard, the walker and the port know about a fault. What does not apply is 0 or NULL. */
struct moat_fault_report {
    enum moat_fault_kind kind;
    uintptr_t pc;          /* return address of the call that failed, or the instruction that faulted */
    uintptr_t sp;
    uintptr_t lr;
    uintptr_t value;       /* what was stored */
    uintptr_t object;      /* start of the object that it points into */
    uintptr_t destination; /* where it was stored, or the address it is about */
    const char *type;
    const char *region;
    enum moat_region_kind region_kind;
    uintptr_t cause;       /* corrupt: n of INV-n */
    uintptr_t detail;
};

/* Sets the fields named, and all others to 0. An initialiser would do, but compilers make it a call of memset, and
 * core has no libc. */
void moat_fault_report_begin(struct moat_fault_report *report, enum moat_fault_kind kind, uintptr_t pc, uintptr_t sp);

/* Masks interrupts, writes the record, prints it and takes the port's trap. A fault during that takes the trap at
 * once, and the next boot reports a torn record. Context: any. */
_Noreturn void moat_fault_raise(const struct moat_fault_report *report);

/* Prints the one sentence that says what happened; the same at the trap and at the next boot. Context: any. */
void moat_fault_describe(const struct moat_fault *fault);

/* The magic while a record is being written. Found at boot: the write was torn. */
#define MOAT_FAULT_MAGIC_TORN (~MOAT_FAULT_MAGIC)

/* What is kept over resets. The sequence number stands beside the record as well, so that it outlives both
 * moat_fault_clear and a torn record. */
struct moat_fault_retained {
    struct moat_fault record;
    uint32_t sequence;         /* of the last complete record */
    uint32_t sequence_inverse; /* ~sequence, or the sequence is not to be trusted */
};

extern struct moat_fault_retained moat_fault_retained;

#endif
