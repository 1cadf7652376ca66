/* moat: whether a type names a word as a slot. See slot_map.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/slot_map.h"

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

bool moat_slot_map_has(const struct moat_type *type, bool array, uintptr_t offset, uintptr_t bytes) {
    uintptr_t at = array ? offset % type->size : offset;
    bool found = map_has(type->map, at / MOAT_WORD_BYTES);
    for (uint32_t i = 0; i < type->run_count && !found; i++) {
        found = run_has(&type->runs[i], at, bytes);
    }
    return found;
}
