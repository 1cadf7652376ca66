/* moat: whether a word of an object or a root is a slot: MOAT_CONFIG_CHECK_SLOTS. See guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/granule.h"
#include "space/slot_map.h"
#include "guard/guard.h"
#include "guard/range.h"

static bool is_slot(const struct moat_guard_holder *holder, uintptr_t at) {
    const struct moat_type *type = holder->type;
    uintptr_t offset = at - holder->start;
    if (at % MOAT_WORD_BYTES != 0 || type == NULL) {
        return at % MOAT_WORD_BYTES == 0;
    }
    return moat_slot_map_has(type, holder->array, offset, holder->end - holder->start);
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
