/* moat: copies and clears that know no type, as the C library makes them. See guard.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/granule.h"
#include "guard/guard.h"
#include "guard/range.h"

/* Told of most copies: memory in no object and no root has no slots. */
static bool has_no_slots(const void *p) {
    uintptr_t roots = (uintptr_t)moat_roots_start, typed = (uintptr_t)moat_typed_roots_start;
    return !moat_guard_is_near(p) && (uintptr_t)p - roots >= (uintptr_t)MOAT_ROOTS_END_ - roots &&
           (MOAT_CONFIG_LINKER_SCRIPT || (uintptr_t)p - typed >= (uintptr_t)moat_typed_roots_end - typed) &&
           moat_heap.tables.roots == NULL;
}

/* Slots that are written without the barrier. */
static void check_destination(const void *to, size_t bytes, uintptr_t pc) {
    struct moat_guard_holder holder;
    if (!moat_guard_holder_of(to, &holder)) {
        return;
    }
    struct moat_guard_range range;
    moat_guard_range_begin(&range, &holder, (uintptr_t)to, (uintptr_t)to + bytes);
    moat_slot *slot = moat_guard_range_next(&range);
    if (slot != NULL) {
        struct moat_object object;
        bool in_object = moat_object_find(to, &object);
        moat_guard_trap(MOAT_FAULT_BARRIER, slot, slot, in_object ? &object : NULL, pc);
    }
}

/* Pointers that leave managed memory. */
static void check_source(const void *to, const void *from, size_t bytes, uintptr_t pc) {
    struct moat_guard_holder holder;
    if (!moat_guard_holder_of(from, &holder)) {
        return;
    }
    struct moat_guard_range range;
    struct moat_object object;
    moat_guard_range_begin(&range, &holder, (uintptr_t)from, (uintptr_t)from + bytes);
    moat_slot *slot = moat_guard_range_next_kept_in(&range, &object);
    if (slot != NULL) {
        moat_guard_trap(MOAT_FAULT_COPY, (const char *)to + ((uintptr_t)slot - (uintptr_t)from), range.value, &object,
                        pc);
    }
}

void moat_guard_check_bytes(const void *to, const void *from, size_t bytes, uintptr_t pc) {
    if (!moat_heap.front.ready || bytes == 0 || (has_no_slots(to) && has_no_slots(from))) {
        return;
    }
    check_destination(to, bytes, pc);
    if (from != NULL && !moat_guard_may_hold(to)) {
        check_source(to, from, bytes, pc);
    }
}

MOAT_ENTRY void moat_guard_bytes_(const void *to, const void *from, size_t bytes) {
    moat_guard_check_bytes(to, from, bytes, MOAT_CALLER());
}
