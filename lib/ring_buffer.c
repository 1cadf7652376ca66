/* moat: a ring of references between two contexts. See moat_ring.h.
 *
 * A slot is written before the index that gives it away, and read after it; each index has one writer. On one core it
 * is enough that the compiler keeps that order.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_ring.h"

MOAT_TYPE(moat_ring_slot_type, struct moat_ring_slot, at);
MOAT_TYPE(moat_ring_type, struct moat_ring, slots);

struct moat_ring *moat_ring_new(size_t capacity) {
    struct moat_ring *ring = MOAT_NEW(moat_ring_type);
    struct moat_ring_slot *slots = NULL;
    if (ring != NULL) { /* none at all for 0: as moat_new_array refuses it */
        slots = MOAT_NEW_ARRAY(moat_ring_slot_type, capacity == 0 || capacity == SIZE_MAX ? 0 : capacity + 1);
    }
    if (slots == NULL) {
        return NULL;
    }
    MOAT_STORE(ring->slots, slots);
    ring->size = capacity + 1;
    return ring;
}

static size_t next(const struct moat_ring *ring, size_t index) {
    return index + 1 < ring->size ? index + 1 : 0;
}

int moat_ring_push(struct moat_ring *ring, void *value) {
    if (value == NULL) {
        return MOAT_ERR_NULL;
    }
    size_t tail = ring->tail, after = next(ring, tail);
    if (after == ring->head) {
        return MOAT_ERR_FULL;
    }
    MOAT_STORE(ring->slots[tail].at, value);
    MOAT_COMPILER_BARRIER_();
    ring->tail = after;
    return MOAT_OK;
}

void *moat_ring_pop(struct moat_ring *ring) {
    size_t head = ring->head;
    if (head == ring->tail) {
        return NULL;
    }
    MOAT_COMPILER_BARRIER_();
    void *value = ring->slots[head].at;
    MOAT_CLEAR(ring->slots[head].at);
    MOAT_COMPILER_BARRIER_();
    ring->head = next(ring, head);
    return value;
}

size_t moat_ring_count(const struct moat_ring *ring) {
    size_t head = ring->head, tail = ring->tail;
    return tail >= head ? tail - head : tail + ring->size - head;
}
