/* moat: the guard on the border to C. See guard.h, moat_region.h. With MOAT_CONFIG_CHECK below 2 nothing calls it and the
 * linker drops it.
 *
 * After Go's cgo checker (src/runtime/cgocheck.go): a heap pointer may be written to managed memory only.
 *
 * SPDX-License-Identifier: MIT */
#include "guard.h"

#include "fault.h"
#include "granule.h"
#include "mark.h"
#include "port.h"
#include "root.h"
#include "stack.h"

/* Whatever board list there is: MOAT_C_OWNED means what it says. */
MOAT_REGION(c_owned, "c-owned", MOAT_REGION_C_OWNED, moat_c_owned_start, moat_c_owned_end);

bool moat_guard_is_managed(const void *p) {
    uintptr_t at = (uintptr_t)p;
    return moat_arena_of(at) != NULL || moat_root_overlaps(at, at + 1) || moat_stack_overlaps(at, at + 1);
}

/* The smallest declared region that p lies in, or NULL. */
static const struct moat_region *region_of(const void *p) {
    const struct moat_region *best = NULL;
    uintptr_t best_bytes = UINTPTR_MAX;
    for (const struct moat_region *region = moat_regions_start; region < moat_regions_end; region++) {
        uintptr_t start = (uintptr_t)region->start, bytes = (uintptr_t)region->end - start;
        if ((uintptr_t)p - start < bytes && bytes < best_bytes) {
            best = region;
            best_bytes = bytes;
        }
    }
    return best;
}

/* Whether C may hold this pointer at `slot`: it is no pointer into an object, the object is pinned, or, by the regions-only
 * policy, nobody declared the destination. */
static bool may_cross(const void *value, const struct moat_region *region, struct moat_object *object) {
    if (!moat_object_find(value, object) || moat_is_pinned(value)) {
        return true;
    }
#if MOAT_CONFIG_STRICT
    (void)region;
    return false;
#else
    return region == NULL || (region->kind != MOAT_REGION_C_OWNED && region->kind != MOAT_REGION_PERIPHERAL);
#endif
}

static void check(enum moat_fault_kind kind, const void *slot, const void *value, uintptr_t pc) {
    const struct moat_region *region = region_of(slot);
    struct moat_object object;
    if (may_cross(value, region, &object)) {
        return;
    }
    struct moat_fault_report report;
    moat_fault_report_begin(&report, kind, pc, (uintptr_t)__builtin_frame_address(0));
    report.value = (uintptr_t)value;
    report.object = (uintptr_t)object.start;
    report.type = object.type->name;
    report.destination = (uintptr_t)slot;
    report.region = region == NULL ? NULL : region->name;
    report.region_kind = region == NULL ? MOAT_REGION_UNKNOWN : region->kind;
    moat_fault_raise(&report);
}

void moat_guard_check_store(const void *slot, const void *value, uintptr_t pc) {
    if ((uintptr_t)value - moat_heap.low < moat_heap.span && !moat_guard_is_managed(slot)) {
        check(MOAT_FAULT_STORE, slot, value, pc);
    }
}

void moat_guard_store_(const void *slot, const void *value) {
    moat_guard_check_store(slot, value, MOAT_GUARD_CALLER());
}

void moat_guard_check_copy(const struct moat_type *type, const void *to, const void *from, size_t offset, size_t bytes,
                           uintptr_t pc) {
    if (moat_guard_is_managed((const char *)to + offset)) {
        return;
    }
    uintptr_t start = (uintptr_t)from + offset, last = start + bytes;
    struct moat_scan scan;
    moat_scan_begin(&scan, type, (uintptr_t)from, last, true);
    uint32_t units = UINT32_MAX;
    for (moat_slot *slot = moat_scan_next(&scan, &units); slot != NULL; slot = moat_scan_next(&scan, &units)) {
        uintptr_t at = (uintptr_t)slot;
        if (at >= start && at + MOAT_WORD_BYTES <= last && (uintptr_t)*slot - moat_heap.low < moat_heap.span) {
            check(MOAT_FAULT_COPY, (const char *)to + (at - (uintptr_t)from), *slot, pc);
        }
    }
}
