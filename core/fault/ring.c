/* moat: the ring of fault records in retained RAM. See ring.h; docs/fault-record.md has the layout and the rules.
 *
 * A record may be torn at any instruction, by a reset or by a second fault, and must then be recognised. So its
 * magic says "torn" before the first field changes and "complete" only after the checksum stands. All writes go
 * through volatile lvalues: they keep their order, and no compiler turns them into a call of memcpy.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/ring.h"

#include "base/crc.h"
#include "fault/fault.h"
#include "base/build_id.h"

__attribute__((section(".noinit.moat_fault"))) struct moat_fault_retained moat_fault_retained;

struct moat_fault_slot *moat_fault_slot(unsigned index) {
    return index == MOAT_FAULT_SLOT_NESTED ? &moat_fault_retained.nested.slot : &moat_fault_retained.slots[index].slot;
}

/* ---- looking ---- */

uint32_t moat_fault_check(const volatile struct moat_fault *record, uint32_t bytes) {
    static const uint32_t magic = MOAT_FAULT_MAGIC;
    uint32_t crc = moat_crc_add(MOAT_CRC_START, &magic, sizeof magic);
    const volatile uint8_t *at = (const volatile uint8_t *)record;
    return ~moat_crc_add(crc, at + sizeof magic, bytes - (uint32_t)(sizeof magic + sizeof(uint32_t)));
}

/* The most bytes that the record in a slot may have. */
static uint32_t room(unsigned index) {
    return (uint32_t)(sizeof(struct moat_fault) +
                      (index == MOAT_FAULT_SLOT_NESTED ? sizeof(uint32_t) : MOAT_FAULT_REST_BYTES));
}

enum moat_fault_status moat_fault_slot_status(unsigned index) {
    const volatile struct moat_fault *record = &moat_fault_slot(index)->record;
    if (record->magic == MOAT_FAULT_MAGIC_TORN) {
        return MOAT_FAULT_STATUS_CORRUPT;
    }
    if (record->magic != MOAT_FAULT_MAGIC) {
        return MOAT_FAULT_STATUS_EMPTY;
    }
    uint32_t bytes = record->bytes;
    if (record->layout != MOAT_FAULT_LAYOUT || bytes < sizeof *record + sizeof(uint32_t) || bytes > room(index) ||
        bytes % 4 != 0) {
        return MOAT_FAULT_STATUS_CORRUPT;
    }
    const volatile uint32_t *check = (const volatile uint32_t *)((uintptr_t)record + bytes - sizeof(uint32_t));
    return *check == moat_fault_check(record, bytes) ? MOAT_FAULT_STATUS_VALID : MOAT_FAULT_STATUS_CORRUPT;
}

/* The valid slot with the lowest sequence number above `above`, or MOAT_FAULT_SLOTS. */
static unsigned next_after(uint32_t above) {
    unsigned best = MOAT_FAULT_SLOTS;
    uint32_t lowest = UINT32_MAX;
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        if (moat_fault_slot_status(i) == MOAT_FAULT_STATUS_VALID) {
            uint32_t sequence = moat_fault_slot(i)->record.sequence;
            if (sequence > above && sequence <= lowest) {
                lowest = sequence;
                best = i;
            }
        }
    }
    return best;
}

unsigned moat_fault_slot_choose(void) {
    unsigned corrupt = MOAT_FAULT_SLOTS, first = MOAT_FAULT_SLOTS, second = MOAT_FAULT_SLOTS;
    for (unsigned i = 0; i < MOAT_CONFIG_FAULT_RECORDS; i++) {
        enum moat_fault_status status = moat_fault_slot_status(i);
        if (status == MOAT_FAULT_STATUS_EMPTY) {
            return i;
        }
        if (status == MOAT_FAULT_STATUS_CORRUPT) {
            corrupt = i;
            continue;
        }
        uint32_t sequence = moat_fault_slot(i)->record.sequence;
        if (first == MOAT_FAULT_SLOTS || sequence < moat_fault_slot(first)->record.sequence) {
            second = first;
            first = i;
        } else if (second == MOAT_FAULT_SLOTS || sequence < moat_fault_slot(second)->record.sequence) {
            second = i;
        }
    }
    return corrupt != MOAT_FAULT_SLOTS ? corrupt : second;
}

bool moat_fault_is_own(const volatile struct moat_fault *record) {
    for (size_t i = 0; i < sizeof record->build_id; i++) {
        if (record->build_id[i] != moat_build_id_byte(i)) {
            return false;
        }
    }
    return true;
}

unsigned moat_fault_slot_same(uint32_t kind, uint64_t pc, uint64_t cause) {
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        const struct moat_fault *record = &moat_fault_slot(i)->record;
        if (moat_fault_slot_status(i) == MOAT_FAULT_STATUS_VALID && record->kind == kind && record->pc == pc &&
            record->cause == cause && moat_fault_is_own(record)) {
            return i;
        }
    }
    return MOAT_FAULT_SLOTS;
}

enum moat_fault_status moat_fault_get(struct moat_fault *out) {
    unsigned newest = MOAT_FAULT_SLOTS;
    enum moat_fault_status found = MOAT_FAULT_STATUS_EMPTY;
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        enum moat_fault_status status = moat_fault_slot_status(i);
        found = status != MOAT_FAULT_STATUS_EMPTY && found != MOAT_FAULT_STATUS_VALID ? status : found;
        if (status == MOAT_FAULT_STATUS_VALID &&
            (newest == MOAT_FAULT_SLOTS ||
             moat_fault_slot(i)->record.sequence >= moat_fault_slot(newest)->record.sequence)) {
            newest = i;
        }
    }
    if (newest != MOAT_FAULT_SLOTS && out != NULL) {
        const volatile uint8_t *from = (const volatile uint8_t *)&moat_fault_slot(newest)->record;
        volatile uint8_t *to = (volatile uint8_t *)out;
        for (size_t i = 0; i < sizeof *out; i++) {
            to[i] = from[i];
        }
    }
    return found;
}

const struct moat_fault *moat_fault_at(unsigned index, uint32_t *count) {
    uint32_t above = 0;
    for (;;) {
        unsigned at = next_after(above);
        if (at == MOAT_FAULT_SLOTS) {
            return NULL;
        }
        const struct moat_fault_slot *slot = moat_fault_slot(at);
        if (index-- == 0) {
            if (count != NULL) {
                *count = moat_fault_slot_count(slot);
            }
            return &slot->record;
        }
        above = slot->record.sequence;
    }
}

/* ---- counting ---- */

uint32_t moat_fault_slot_count(const struct moat_fault_slot *slot) {
    const volatile struct moat_fault_slot *at = slot;
    uint32_t count = at->count, newer = ~at->count_inverse;
    return count == newer || newer == count + 1 ? newer : 1;
}

void moat_fault_slot_count_set(struct moat_fault_slot *slot, uint32_t count) {
    volatile struct moat_fault_slot *at = slot;
    at->count_inverse = ~count;
    at->count = count;
}

/* A valid record knows best: a reset may have come between it and the count beside it. */
uint32_t moat_fault_sequence_last(void) {
    const volatile struct moat_fault_retained *retained = &moat_fault_retained;
    uint32_t last = retained->sequence == ~retained->sequence_inverse ? retained->sequence : 0;
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        if (moat_fault_slot_status(i) == MOAT_FAULT_STATUS_VALID && moat_fault_slot(i)->record.sequence > last) {
            last = moat_fault_slot(i)->record.sequence;
        }
    }
    return last;
}

void moat_fault_sequence_keep(uint32_t sequence) {
    volatile struct moat_fault_retained *retained = &moat_fault_retained;
    retained->sequence = sequence;
    retained->sequence_inverse = ~sequence;
}

/* The number first, so that it goes on whatever comes in between; then one store a record, which can't tear. */
void moat_fault_clear(void) {
    moat_fault_sequence_keep(moat_fault_sequence_last());
    for (unsigned i = 0; i < MOAT_FAULT_SLOTS; i++) {
        volatile struct moat_fault *record = &moat_fault_slot(i)->record;
        record->magic = 0;
    }
    if (moat_fault_mirror != NULL) {
        moat_fault_mirror->clear();
    }
}
