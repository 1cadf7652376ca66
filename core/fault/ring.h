/* moat, internal: the ring of fault records in retained RAM. docs/fault-record.md, "In retained RAM".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FAULT_RING_H
#define MOAT_FAULT_RING_H

#include "base/event.h"
#include "moat_fault.h"
#include "base/port.h"

/* The magic while a record is being written. Found at boot: the write was torn. */
#define MOAT_FAULT_MAGIC_TORN (~MOAT_FAULT_MAGIC)

#define MOAT_FAULT_EVENTS (MOAT_CONFIG_EVENTS < MOAT_FAULT_EVENTS_MAX ? MOAT_CONFIG_EVENTS : MOAT_FAULT_EVENTS_MAX)

/* Bytes that follow struct moat_fault at most: registers, callers, events, stack, CRC. */
#define MOAT_FAULT_REST_BYTES                                                                                          \
    ((MOAT_PORT_REGISTERS + MOAT_FAULT_CALLERS_MAX + MOAT_CONFIG_FAULT_STACK_WORDS) * sizeof(uintptr_t) +              \
     MOAT_FAULT_EVENTS * sizeof(struct moat_event) + sizeof(uint32_t))

/* A place for a record, and how often its fault was seen. */
struct moat_fault_slot {
    uint32_t count;
    uint32_t count_inverse;   /* ~count; a reset between the two leaves the newer one here */
    struct moat_fault record; /* the rest of it follows */
};

struct moat_fault_retained {
    uint32_t sequence;         /* of the last complete record, */
    uint32_t sequence_inverse; /* ~sequence, or it is not to be trusted: outlives a clear and a torn record */
    struct {
        struct moat_fault_slot slot;
        uint8_t rest[(MOAT_FAULT_REST_BYTES + 7) & ~(size_t)7];
    } slots[MOAT_CONFIG_FAULT_RECORDS];
    struct {
        struct moat_fault_slot slot;
        uint32_t check;
        uint32_t unused;
    } nested; /* a fault in the fault handler, which must not search for a place */
};

extern struct moat_fault_retained moat_fault_retained;

/* Ring slots, then the nested one. */
#define MOAT_FAULT_SLOTS (MOAT_CONFIG_FAULT_RECORDS + 1u)
#define MOAT_FAULT_SLOT_NESTED MOAT_CONFIG_FAULT_RECORDS

struct moat_fault_slot *moat_fault_slot(unsigned index);

/* Whether a slot holds a record. Cost: a CRC over it. */
enum moat_fault_status moat_fault_slot_status(unsigned index);

/* The slot that a new record goes to: an empty one, a damaged one, or the oldest but the first. */
unsigned moat_fault_slot_choose(void);

/* A slot with a record of the same fault of this firmware (kind, pc and cause), or MOAT_FAULT_SLOTS. */
unsigned moat_fault_slot_same(uint32_t kind, uint64_t pc, uint64_t cause);

/* How often a slot's fault was seen. */
uint32_t moat_fault_slot_count(const struct moat_fault_slot *slot);
void moat_fault_slot_count_set(struct moat_fault_slot *slot, uint32_t count);

/* The number of the last fault, 0 if there was none. */
uint32_t moat_fault_sequence_last(void);
void moat_fault_sequence_keep(uint32_t sequence);

/* The CRC of a complete record of `bytes` bytes, whatever its magic is now. */
uint32_t moat_fault_check(const volatile struct moat_fault *record, uint32_t bytes);

/* Whether a record is of the firmware that asks. */
bool moat_fault_is_own(const volatile struct moat_fault *record);

#endif
