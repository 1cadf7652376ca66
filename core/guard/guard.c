/* moat: the guard on the border to C. See guard.h, moat_region.h. With MOAT_CONFIG_CHECK below 2 nothing calls it and
 * the linker drops it.
 *
 * After Go's cgo checker (src/runtime/cgocheck.go): a heap pointer may be written to managed memory only.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/guard.h"

#include "fault/fault.h"
#include "space/granule.h"
#include "guard/range.h"
#include "guard/region.h"
#include "mark/root.h"
#include "mark/stack.h"

bool moat_guard_is_managed(const void *p) {
    uintptr_t at = (uintptr_t)p;
    return moat_arena_of(at) != NULL || moat_stack_overlaps(at, at + 1) || moat_root_overlaps(at, at + 1);
}

static bool is_near(const void *value) {
    return (uintptr_t)value - moat_heap.border.low < moat_heap.border.span;
}

/* One past the end lies in the object's last granule where the object does not fill it. How long a tail is nobody
 * knows. */
static bool is_past(const void *value, const struct moat_object *object) {
    uintptr_t size = object->type->size;
    uintptr_t end = object->array ? object->bytes / size * size : size;
    return object->type->flexible == 0 && (uintptr_t)value - (uintptr_t)object->start >= end;
}

bool moat_guard_is_kept_in(const void *value, struct moat_object *object) {
    return is_near(value) && moat_object_find(value, object) && !is_past(value, object) && !moat_is_pinned(value);
}

bool moat_guard_may_hold(const void *at) {
#if MOAT_CONFIG_STRICT
    (void)at;
    return false;
#else
    const struct moat_region *region = moat_region_of((uintptr_t)at);
    return region == NULL || (region->kind != MOAT_REGION_C_OWNED && region->kind != MOAT_REGION_PERIPHERAL);
#endif
}

_Noreturn void moat_guard_trap(enum moat_fault_kind kind, const void *at, const void *value,
                               const struct moat_object *object, uintptr_t pc) {
    bool nowhere = at == NULL && kind == MOAT_FAULT_RESULT; /* for a store, 0 is an address */
    const struct moat_region *region = nowhere ? NULL : moat_region_of((uintptr_t)at);
    struct moat_fault_report report;
    moat_fault_report_begin(&report, kind, pc, (uintptr_t)__builtin_frame_address(0));
    report.value = (uintptr_t)value;
    report.object = object == NULL ? 0 : (uintptr_t)object->start;
    report.type = object == NULL ? NULL : object->type->name;
    report.destination = (uintptr_t)at;
    report.region = region == NULL ? NULL : region->name;
    report.region_kind = region == NULL ? MOAT_REGION_UNKNOWN : region->kind;
    moat_fault_raise(&report);
}

void moat_guard_check_store(const void *slot, const void *value, uintptr_t pc) {
    struct moat_object object;
    if (is_near(value) && !moat_guard_is_managed(slot) && !moat_guard_may_hold(slot) &&
        moat_guard_is_kept_in(value, &object)) {
        moat_guard_trap(MOAT_FAULT_STORE, slot, value, &object, pc);
    }
#if MOAT_CONFIG_CHECK_SLOTS
    moat_guard_check_slot(slot, value, pc);
#endif
}

void moat_guard_store_(const void *slot, const void *value) {
    moat_guard_check_store(slot, value, MOAT_CALLER());
}

void moat_guard_check_copy(const struct moat_type *type, const void *to, const void *from, size_t offset, size_t bytes,
                           uintptr_t pc) {
    const char *at = (const char *)to + offset;
    if (moat_guard_is_managed(at) || moat_guard_may_hold(at)) {
        return;
    }
    uintptr_t start = (uintptr_t)from + offset, last = start + bytes;
    uintptr_t whole = (uintptr_t)from + type->size;
    const struct moat_guard_holder source = {type, (uintptr_t)from, last > whole ? last : whole, true};
    struct moat_guard_range range;
    struct moat_object object;
    moat_guard_range_begin(&range, &source, start, last);
    moat_slot *slot = moat_guard_range_next_kept_in(&range, &object);
    if (slot != NULL) {
        moat_guard_trap(MOAT_FAULT_COPY, (const char *)to + ((uintptr_t)slot - (uintptr_t)from), range.value, &object,
                        pc);
    }
}
