/* moat: a ring of references, of fixed capacity, between two contexts.
 *
 *   MOAT_RING(frames, struct frame);                // `union frames`: a ring of struct frame *
 *   static MOAT_ROOT(union frames) received;
 *   MOAT_STORE(received, MOAT_RING_NEW(union frames, 8));
 *   MOAT_RING_PUSH(received, frame);                // in the handler: MOAT_OK, or MOAT_ERR_FULL
 *   frame = MOAT_RING_POP(received);                // in thread mode: the oldest, or NULL
 *
 * Typed as moat_vector.h is. One context pushes and one pops, at any instruction of each other, without a mask: a
 * handler and thread mode, either way round, or two handlers, or two tasks. Two that push, or two that pop, take turns
 * by other means. Nothing is allocated but by moat_ring_new. Every other operation's cost is constant: a store, and
 * some ten instructions.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_RING_H
#define MOAT_RING_H

#include <moat.h>

#include <stddef.h>

struct moat_ring_slot {
    MOAT_REF(void) at;
};

/* A managed object, for the functions only. */
struct moat_ring {
    MOAT_REF(struct moat_ring_slot) slots; /* an array of one more than the capacity */
    size_t size;
    volatile size_t head; /* the oldest's: written by who pops */
    volatile size_t tail; /* where the next goes: written by who pushes */
};

/* Declares `union name`, a ring of references to T. */
#define MOAT_RING(name, T)                                                                                             \
    union name {                                                                                                       \
        struct moat_ring ring;                                                                                         \
        T *typed_;                                                                                                     \
    }

/* The functions below, by the ring's own type, e.g. `union frames`. */
#define MOAT_RING_NEW(type, capacity) ((type *)moat_ring_new(capacity))
#define MOAT_RING_COUNT(of) moat_ring_count(&(of)->ring)
#define MOAT_RING_PUSH(of, value) moat_ring_push(&(of)->ring, MOAT_VALUE_((of)->typed_, value))
#define MOAT_RING_POP(of) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_ring_pop(&(of)->ring))

MOAT_C_BEGIN_

/* An empty ring for `capacity` references, 1 or more; NULL where moat_new_array returns NULL. Context: any. Cost: as
 * that of moat_new and moat_new_array. */
struct moat_ring *moat_ring_new(size_t capacity);

/* Adds a reference. Returns MOAT_OK, or MOAT_ERR_FULL, _NULL. Context: any, one that pushes. */
int moat_ring_push(struct moat_ring *ring, void *value);

/* Removes the oldest reference and returns it; NULL if there is none. Context: any, one that pops. */
void *moat_ring_pop(struct moat_ring *ring);

/* How many there are; another context may change that meanwhile. Context: any. */
size_t moat_ring_count(const struct moat_ring *ring);

MOAT_C_END_

#endif
