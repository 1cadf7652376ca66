/* moat: whether a word of an object is a slot: MOAT_CONFIG_CHECK_SLOTS. See guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "granule.h"
#include "guard.h"

static bool map_has(moat_word map, uintptr_t word) {
    return word < MOAT_WORD_BITS && (map >> word & 1) != 0;
}

/* A run's pieces may be as many as the object has room for, and are not walked. */
static bool run_has(const struct moat_run *run, uintptr_t offset, uintptr_t object_bytes) {
    if (offset < run->offset || run->stride == 0) {
        return false;
    }
    uintptr_t room = object_bytes < run->offset ? 0 : (object_bytes - run->offset) / run->stride;
    uintptr_t pieces = run->count == MOAT_RUN_TAIL ? room : run->count;
    uintptr_t piece = (offset - run->offset) / run->stride, at = (offset - run->offset) % run->stride;
    if (run->inner_count != 0) {
        if (at < run->inner_offset || (at - run->inner_offset) / run->inner_stride >= run->inner_count) {
            return false;
        }
        at = (at - run->inner_offset) % run->inner_stride;
    }
    return piece < pieces && map_has(run->map, at / MOAT_WORD_BYTES);
}

static bool is_slot(const struct moat_object *object, uintptr_t at) {
    const struct moat_type *type = object->type;
    uintptr_t offset = at - (uintptr_t)object->start;
    offset = object->array ? offset % type->size : offset;
    if (at % MOAT_WORD_BYTES != 0) {
        return false;
    }
    bool found = map_has(type->map, offset / MOAT_WORD_BYTES);
    for (uint32_t i = 0; i < type->run_count && !found; i++) {
        found = run_has(&type->runs[i], offset, object->bytes);
    }
    return found;
}

void moat_guard_check_slot(const void *slot, const void *value, uintptr_t pc) {
    struct moat_object stored, holder;
    if (moat_object_find(value, &stored) && moat_object_find(slot, &holder) && !is_slot(&holder, (uintptr_t)slot)) {
        moat_guard_trap(MOAT_FAULT_SLOT, slot, value, &stored, pc);
    }
}
