/* moat, internal: how core raises a fault. The record itself is public: moat_fault.h.
 *
 *   fault.c     raising: the order of record, console, sink and trap
 *   causes.c    what firmware, ports and boards call
 *   record.c    a record's bytes, with the slices of stacks
 *   callers.c   the stack that a fault came from, the likely callers
 *   ring.c      where records are kept
 *   print.c     sentences and framed lines
 *   sink.c      what outlives power; linked only where moat_fault_sink_set is called
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FAULT_INTERNAL_H
#define MOAT_FAULT_INTERNAL_H

#include "base/frame.h"
#include "moat_fault.h"
#include "moat_region.h"

#include <stdint.h>

/* The facts that the guard, the walker or the port has about a fault. A member that does not apply is 0 or NULL. */
struct moat_fault_report {
    enum moat_fault_kind kind;
    uintptr_t pc; /* return address of the call that failed, or the instruction that faulted */
    uintptr_t sp;
    uintptr_t lr;
    uintptr_t value;       /* what was stored */
    uintptr_t object;      /* start of the object that it points into */
    uintptr_t destination; /* where it was stored, or the address it is about */
    const char *type;
    const char *region;
    enum moat_region_kind region_kind;
    uintptr_t cause; /* corrupt: n of INV-n */
    uintptr_t detail;
    uintptr_t extra[2];
    const char *what;           /* a constant string that says more */
    const uintptr_t *registers; /* of the fault; NULL: moat_fault_raise takes its own */
    uint64_t register_mask;
};

/* Sets the fields named, and all others to 0. An initialiser would do, but compilers make it a call of memset, and
 * core has no libc. */
void moat_fault_report_begin(struct moat_fault_report *report, enum moat_fault_kind kind, uintptr_t pc, uintptr_t sp);

/* Records that a slot leads to an object that marking has not found (MOAT_CONFIG_CHECK_BARRIER) and raises it.
 * pc  the caller of the allocation or collection
 * slot, object, type  the slot, the object that it is in, or 0, that object's type or NULL
 * target  what the slot holds */
_Noreturn void moat_fault_raw_store(uintptr_t pc, uintptr_t slot, uintptr_t object, const char *type, uintptr_t target);

/* Masks interrupts, writes the record, prints it, writes it to the sink and takes the port's trap. A fault seen before,
 * by kind, pc and cause, is counted and not recorded again. A fault during that is recorded as a nested one, and one
 * during the recording of that takes the trap at once. Context: any. */
_Noreturn void moat_fault_raise(const struct moat_fault_report *report);

/* ---- a record's bytes ---- */

struct moat_fault_slot;

/* Where the CPU stands at a fault: what the stack is unwound from. */
struct moat_fault_context {
    uintptr_t sp; /* of the innermost frame that is kept */
    const uintptr_t *registers;
    uint64_t mask; /* bit i: registers[i] is known */
};

/* Writes the record of a fault into a slot, as number `sequence`. */
void moat_fault_record(struct moat_fault_slot *slot, const struct moat_fault_report *report,
                       const struct moat_fault_context *context, uint32_t sequence);

/* The same without what stands behind struct moat_fault, and without names, which may be what the fault is about.
 * first_kind: of the fault that was being recorded when this one came. */
void moat_fault_record_nested(struct moat_fault_slot *slot, const struct moat_fault_report *report, uint32_t first_kind,
                              uint32_t sequence);

/* The pc of a record: bit 0 of a return address selects the instruction set on some cores and is no part of the
 * address. Where addresses can be odd, what is left still lies in the call. */
uintptr_t moat_fault_report_pc(const struct moat_fault_report *report);

/* ---- stacks ---- */

enum moat_fault_stack {
    MOAT_FAULT_STACK_NONE,
    MOAT_FAULT_STACK_THREAD,
    MOAT_FAULT_STACK_HANDLER,
    MOAT_FAULT_STACK_TASK,
};

struct moat_range;

/* Which stack sp is on, or so close below that it has run over its end; its bounds. */
enum moat_fault_stack moat_fault_stack_of(uintptr_t sp, struct moat_range *bounds);

/* The name of the stack that ran over its end: sp, or the address that was refused, is below it but not far. NULL:
 * none. */
const char *moat_fault_overrun(uintptr_t sp, uintptr_t address);

/* Words between sp and the end of its stack that look like return addresses, innermost first, at most `most`.
 * Cost: a search of some hundred words. */
uint32_t moat_fault_callers(uintptr_t sp, volatile uintptr_t *out, uint32_t most);

/* ---- text ---- */

/* Prints the one sentence that says what happened, the same at the trap and at the next boot; and how often it was
 * seen, if more than once. Context: any. */
void moat_fault_describe(const struct moat_fault *fault, uint32_t count);

/* The line for the decoder (frame.h): this tag, the record's bytes, then the end with the count. */
#define MOAT_FAULT_TAG "MOAT-FAULT"
void moat_fault_frame_end(struct moat_frame *frame, uint32_t count);

/* Both. */
void moat_fault_print_record(const struct moat_fault *fault, uint32_t count);

/* ---- the sink ---- */

/* The functions of sink.c that the rest calls; NULL where no sink is set. */
struct moat_fault_mirror {
    uint32_t (*count)(const struct moat_fault *record); /* of the same fault, 0 if it has none */
    void (*append)(const struct moat_fault *record, uint32_t count);
    bool (*print)(void); /* the records that RAM has not; whether there are any */
    void (*clear)(void);
};

extern const struct moat_fault_mirror *moat_fault_mirror;

#endif
