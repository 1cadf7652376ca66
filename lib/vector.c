/* moat: a growable array of references. See moat_vector.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_vector.h"

#define ROOM_LEAST 4u

MOAT_TYPE(moat_vector_slot_type, struct moat_vector_slot, at);
MOAT_TYPE(moat_vector_type, struct moat_vector, slots);

struct moat_vector *moat_vector_new(void) {
    return MOAT_NEW(moat_vector_type);
}

int moat_vector_reserve(struct moat_vector *vector, size_t room) {
    if (room <= vector->room) {
        return MOAT_OK;
    }
    if (room > SIZE_MAX / 2 / sizeof(struct moat_vector_slot)) {
        return MOAT_ERR_SIZE;
    }
    struct moat_vector_slot *slots = MOAT_NEW_ARRAY(moat_vector_slot_type, room);
    if (room <= vector->room) { /* a finalizer or the out-of-memory hook, which that runs, has pushed to it */
        return MOAT_OK;
    }
    if (slots == NULL) {
        return MOAT_ERR_MEMORY;
    }
    if (vector->count != 0) {
        (void)MOAT_MOVE_ARRAY(moat_vector_slot_type, slots, vector->slots, vector->count);
    }
    MOAT_STORE(vector->slots, slots);
    vector->room = room;
    return MOAT_OK;
}

/* Room for one more, which may be taken as soon as it is there. An allocation that fails to give half as much again may
 * still have one more. */
static int make_room(struct moat_vector *vector) {
    int result = MOAT_OK;
    while (result == MOAT_OK && vector->count == vector->room) {
        size_t more = vector->room / 2;
        result = moat_vector_reserve(vector, vector->room + (more < ROOM_LEAST ? ROOM_LEAST : more));
        result = result == MOAT_OK ? result : moat_vector_reserve(vector, vector->room + 1);
    }
    return result;
}

int moat_vector_push(struct moat_vector *vector, void *value) {
    int result = make_room(vector);
    if (result == MOAT_OK) {
        MOAT_STORE(vector->slots[vector->count].at, value);
        vector->count++;
    }
    return result;
}

/* Elements may have been removed while there was no room. */
int moat_vector_insert(struct moat_vector *vector, size_t index, void *value) {
    int result = index > vector->count ? MOAT_ERR_SIZE : make_room(vector);
    if (result != MOAT_OK || index > vector->count) {
        return result != MOAT_OK ? result : MOAT_ERR_SIZE;
    }
    struct moat_vector_slot *at = &vector->slots[index];
    size_t behind = vector->count - index;
    if (behind != 0) {
        (void)MOAT_MOVE_ARRAY(moat_vector_slot_type, at + 1, at, behind);
    }
    MOAT_STORE(at->at, value);
    vector->count++;
    return MOAT_OK;
}

void *moat_vector_remove(struct moat_vector *vector, size_t index) {
    if (index >= vector->count) {
        return NULL;
    }
    struct moat_vector_slot *at = &vector->slots[index];
    void *value = at->at;
    size_t behind = vector->count - 1 - index;
    if (behind != 0) {
        (void)MOAT_MOVE_ARRAY(moat_vector_slot_type, at, at + 1, behind);
    }
    vector->count--;
    MOAT_CLEAR(vector->slots[vector->count].at);
    return value;
}

void *moat_vector_pop(struct moat_vector *vector) {
    return vector->count == 0 ? NULL : moat_vector_remove(vector, vector->count - 1);
}

void *moat_vector_at(const struct moat_vector *vector, size_t index) {
    return index < vector->count ? vector->slots[index].at : NULL;
}

int moat_vector_set(struct moat_vector *vector, size_t index, void *value) {
    if (index >= vector->count) {
        return MOAT_ERR_SIZE;
    }
    MOAT_STORE(vector->slots[index].at, value);
    return MOAT_OK;
}

void moat_vector_clear(struct moat_vector *vector) {
    MOAT_CLEAR(vector->slots);
    vector->room = 0;
    vector->count = 0;
}
