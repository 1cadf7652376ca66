/* moat: the guard on the border to C: stores and typed copies. See guard.h, moat_guard.h. With MOAT_CONFIG_CHECK below
 * 2 nothing calls it and the linker drops it.
 *
 * After Go's cgo checker (src/runtime/cgocheck.go): a heap pointer may be written to managed memory only.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/guard.h"

#include "base/context.h"
#include "guard/range.h"

void moat_guard_check_store(const void *slot, const void *value, uintptr_t pc) {
    struct moat_object object;
    if (moat_guard_leaks(slot, value, &object)) {
        moat_guard_trap(MOAT_FAULT_STORE, slot, value, &object, pc);
    }
#if MOAT_CONFIG_CHECK_SLOTS
    moat_guard_check_slot(slot, value, pc);
#endif
}

MOAT_ENTRY void moat_guard_store_(const void *slot, const void *value) {
    MOAT_REQUIRE_CONTEXT();
    moat_guard_check_store(slot, value, MOAT_CALLER());
}

void moat_guard_check_copy(const struct moat_type *type, const void *to, const void *from, size_t offset, size_t bytes,
                           uintptr_t pc) {
    const char *at = (const char *)to + offset;
    if (moat_guard_may_hold(at)) {
        return;
    }
    uintptr_t start = (uintptr_t)from + offset, last = start + bytes;
    const struct moat_guard_holder source = {type, (uintptr_t)from, moat_scan_whole(type, (uintptr_t)from, last),
                                             type->flexible == 0};
    struct moat_guard_range range;
    struct moat_object object;
    moat_guard_range_begin(&range, &source, start, last);
    moat_slot *slot = moat_guard_range_next_kept_in(&range, &object);
    if (slot != NULL) {
        moat_guard_trap(MOAT_FAULT_COPY, (const char *)to + ((uintptr_t)slot - (uintptr_t)from), range.value, &object,
                        pc);
    }
}

MOAT_ENTRY void moat_guard_part_(const struct moat_type *type, const void *to, const void *from, size_t offset,
                                 size_t bytes) {
    moat_guard_check_copy(type, (const char *)to - offset, (const char *)from - offset, offset, bytes, MOAT_CALLER());
}
