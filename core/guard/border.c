/* moat: where the border to C runs: what is managed, what may not leave, what may hold it all the same. See guard.h,
 * moat_region.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/guard.h"
#include "guard/region.h"
#include "mark/pin.h"
#include "mark/root.h"
#include "mark/stack.h"
#include "space/granule.h"

bool moat_guard_is_managed(const void *p) {
    uintptr_t at = (uintptr_t)p;
    return moat_arena_of(at) != NULL || moat_stack_overlaps(at, at + 1) || moat_root_overlaps(at, at + 1);
}

/* One past the end lies in the object's last granule where the object does not fill it. How long a tail is nobody
 * knows. */
static bool is_past(const void *value, const struct moat_object *object) {
    uintptr_t size = object->type->size;
    uintptr_t end = object->array ? object->bytes / size * size : size;
    return object->type->flexible == 0 && (uintptr_t)value - (uintptr_t)object->start >= end;
}

/* moat_guard_is_kept_in for a value that is near. */
static bool is_kept_in(const void *value, struct moat_object *object) {
    return moat_object_find(value, object) && !is_past(value, object) && !moat_pin_holds(object->start);
}

bool moat_guard_is_kept_in(const void *value, struct moat_object *object) {
    return moat_guard_is_near(value) && is_kept_in(value, object);
}

bool moat_guard_may_hold(const void *at) {
    if (moat_guard_is_managed(at)) {
        return true;
    }
#if MOAT_CONFIG_STRICT
    return false;
#else
    const struct moat_region *region = moat_region_of((uintptr_t)at);
    return region == NULL || (region->kind != MOAT_REGION_C_OWNED && region->kind != MOAT_REGION_PERIPHERAL);
#endif
}

bool moat_guard_leaks(const void *at, const void *value, struct moat_object *object) {
    return moat_guard_is_near(value) && !moat_guard_may_hold(at) && is_kept_in(value, object);
}
