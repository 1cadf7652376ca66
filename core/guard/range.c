/* moat: the slots in a range of memory. See range.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/range.h"

#include "space/granule.h"
#include "guard/guard.h"
#include "mark/root.h"

void moat_guard_range_begin(struct moat_guard_range *range, const struct moat_guard_holder *holder, uintptr_t start,
                            uintptr_t end) {
    uintptr_t size = holder->type == NULL ? MOAT_WORD_BYTES : holder->type->size;
    uintptr_t first = holder->start, last = holder->end;
    if (holder->array && start > first) {
        first += (start - first) / size * size;
    }
    if (holder->array && end > first && last - first > (end - first + size - 1) / size * size) {
        last = first + (end - first + size - 1) / size * size;
    }
    range->start = start;
    range->end = end;
    moat_scan_begin(&range->scan, holder->type, first, last, holder->array);
}

/* Slots that follow one another before the range, or behind it, are passed by in one step. */
static void pass_by(struct moat_guard_range *range) {
    struct moat_scan *scan = &range->scan;
    uintptr_t at = (uintptr_t)scan->at, end = (uintptr_t)scan->dense_end;
    if (at < range->start) {
        uintptr_t first = at + (range->start - at + MOAT_WORD_BYTES - 1) / MOAT_WORD_BYTES * MOAT_WORD_BYTES;
        scan->at = first < end ? (moat_slot *)first : scan->dense_end;
    } else if (at >= range->end) {
        scan->at = scan->dense_end;
    }
}

static bool is_outside(const struct moat_guard_range *range, uintptr_t slot) {
    return slot < range->start || slot >= range->end || range->end - slot < MOAT_WORD_BYTES;
}

moat_slot *moat_guard_range_next(struct moat_guard_range *range) {
    uint32_t units = UINT32_MAX;
    moat_slot *slot;
    do {
        pass_by(range);
        slot = moat_scan_next(&range->scan, &units);
    } while (slot != NULL && is_outside(range, (uintptr_t)slot));
    return slot;
}

moat_slot *moat_guard_range_next_kept_in(struct moat_guard_range *range, struct moat_object *object) {
    moat_slot *slot;
    do {
        slot = moat_guard_range_next(range);
        range->value = slot == NULL ? NULL : *slot;
    } while (slot != NULL && !moat_guard_is_kept_in(range->value, object));
    return slot;
}

static bool holds(struct moat_guard_holder *out, const struct moat_type *type, uintptr_t start, uintptr_t bytes,
                  uintptr_t at) {
    out->type = type;
    out->start = start;
    out->end = start + bytes;
    out->array = true;
    return at - start < bytes && (type == NULL || moat_type_has_slots(type));
}

static bool holds_root(struct moat_guard_holder *out, const struct moat_root *root, uintptr_t at) {
    uintptr_t bytes = root->count * moat_root_element(root);
    return root->start != NULL && holds(out, root->type, (uintptr_t)root->start, bytes, at);
}

bool moat_guard_holder_of(const void *p, struct moat_guard_holder *out) {
    struct moat_object object;
    if (moat_object_find(p, &object)) {
        bool found = holds(out, object.type, (uintptr_t)object.start, object.bytes, (uintptr_t)p);
        out->array = object.array;
        return found;
    }
    uintptr_t roots = (uintptr_t)moat_roots_start;
    if (holds(out, NULL, roots, (uintptr_t)moat_roots_end - roots, (uintptr_t)p)) {
        return true;
    }
    for (const struct moat_root *root = moat_root_records_start; root < moat_root_records_end; root++) {
        if (holds_root(out, root, (uintptr_t)p)) {
            return true;
        }
    }
    for (uint32_t i = 0; moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        if (holds_root(out, &moat_heap.tables.roots[i], (uintptr_t)p)) {
            return true;
        }
    }
    return false;
}
