/* moat: whether a word of an object or a root is a slot: MOAT_CONFIG_CHECK_SLOTS. See guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/granule.h"
#include "guard/guard.h"
#include "guard/range.h"

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

static bool is_slot(const struct moat_guard_holder *holder, uintptr_t at) {
    const struct moat_type *type = holder->type;
    uintptr_t offset = at - holder->start;
    if (at % MOAT_WORD_BYTES != 0 || type == NULL) {
        return at % MOAT_WORD_BYTES == 0;
    }
    offset = holder->array ? offset % type->size : offset;
    bool found = map_has(type->map, offset / MOAT_WORD_BYTES);
    for (uint32_t i = 0; i < type->run_count && !found; i++) {
        found = run_has(&type->runs[i], offset, holder->end - holder->start);
    }
    return found;
}

/* Where nothing holds slots, the heap has none: headers, free memory, raw bytes. */
void moat_guard_check_slot(const void *slot, const void *value, uintptr_t pc) {
    uintptr_t at = (uintptr_t)slot;
    struct moat_object stored;
    struct moat_guard_holder holder;
    if (moat_object_find(value, &stored) &&
        !(moat_guard_holder_of(slot, &holder) ? is_slot(&holder, at) : moat_arena_of(at) == NULL)) {
        moat_guard_trap(MOAT_FAULT_SLOT, slot, value, &stored, pc);
    }
}
