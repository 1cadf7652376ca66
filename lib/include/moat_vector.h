/* moat: a growable array of references.
 *
 *   MOAT_VECTOR(tracks, struct track);              // `union tracks`: a vector of struct track *
 *   static MOAT_ROOT(union tracks) known;
 *   MOAT_STORE(known, MOAT_VECTOR_NEW(union tracks));
 *   MOAT_VECTOR_PUSH(known, track);                 // MOAT_OK, or nothing has changed
 *   MOAT_VECTOR_AT(known, 0)->speed
 *
 * The macros are typed as MOAT_STORE is: the compiler warns of a value of another type. Elements may be NULL. A removed
 * element leaves no reference behind. For one context at a time: a handler shares no vector with thread mode. Context:
 * any otherwise.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_VECTOR_H
#define MOAT_VECTOR_H

#include <moat.h>

#include <stddef.h>

/* An element. */
struct moat_vector_slot {
    MOAT_REF(void) at;
};

/* A managed object; read `count`, and leave the rest to the functions. */
struct moat_vector {
    MOAT_REF(struct moat_vector_slot) slots; /* an array, or NULL */
    size_t room;                             /* of the array */
    size_t count;
};

/* Declares `union name`, a vector of references to T. */
#define MOAT_VECTOR(name, T)                                                                                           \
    union name {                                                                                                       \
        struct moat_vector vector;                                                                                     \
        T *typed_;                                                                                                     \
    }

/* The functions below, by the vector's own type, e.g. `union tracks`. `vector` is evaluated once. */
#define MOAT_VECTOR_NEW(type) ((type *)moat_vector_new())
#define MOAT_VECTOR_COUNT(of) ((of)->vector.count)
#define MOAT_VECTOR_AT(of, index) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_vector_at(&(of)->vector, (index)))
#define MOAT_VECTOR_SET(of, index, value) moat_vector_set(&(of)->vector, (index), MOAT_VALUE_((of)->typed_, value))
#define MOAT_VECTOR_PUSH(of, value) moat_vector_push(&(of)->vector, MOAT_VALUE_((of)->typed_, value))
#define MOAT_VECTOR_POP(of) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_vector_pop(&(of)->vector))
#define MOAT_VECTOR_INSERT(of, index, value)                                                                           \
    moat_vector_insert(&(of)->vector, (index), MOAT_VALUE_((of)->typed_, value))
#define MOAT_VECTOR_REMOVE(of, index) ((MOAT_TYPE_OF_VALUE_((of)->typed_))moat_vector_remove(&(of)->vector, (index)))
#define MOAT_VECTOR_RESERVE(of, room) moat_vector_reserve(&(of)->vector, (room))
#define MOAT_VECTOR_CLEAR(of) moat_vector_clear(&(of)->vector)

MOAT_C_BEGIN_

/* An empty vector, or NULL where moat_new returns NULL. Cost: as moat_new's. */
struct moat_vector *moat_vector_new(void);

/* Makes room for `room` elements at least, so that so many can be pushed without an allocation. Returns MOAT_OK, or
 * MOAT_ERR_MEMORY, _SIZE. Cost: an array of that size, and a copy of a word for each element. */
int moat_vector_reserve(struct moat_vector *vector, size_t room);

/* Adds an element behind the last. Returns as moat_vector_reserve, with nothing changed unless MOAT_OK. Cost: a store;
 * where there is no room moat_vector_reserve's, of half as much again: so a copy of three words for each push, on
 * average. */
int moat_vector_push(struct moat_vector *vector, void *value);

/* Adds an element before the one at `index`, 0 .. count. MOAT_ERR_SIZE: index is greater. Cost: moat_vector_push's, and
 * a copy of a word for each element behind. */
int moat_vector_insert(struct moat_vector *vector, size_t index, void *value);

/* Removes the last element and returns it; NULL if there is none. Cost: a store. */
void *moat_vector_pop(struct moat_vector *vector);

/* Removes an element and returns it; NULL if there is none at `index`. Cost: a copy of a word for each element behind.
 */
void *moat_vector_remove(struct moat_vector *vector, size_t index);

/* The element at `index`; NULL if there is none. Cost: constant. */
void *moat_vector_at(const struct moat_vector *vector, size_t index);

/* Replaces an element. MOAT_ERR_SIZE: there is none at `index`. Cost: a store. */
int moat_vector_set(struct moat_vector *vector, size_t index, void *value);

/* Removes all elements, and the room. Cost: a store. */
void moat_vector_clear(struct moat_vector *vector);

MOAT_C_END_

#endif
