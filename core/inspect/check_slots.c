/* moat: the walker, what slots point at. See check.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/check.h"
#include "space/granule.h"
#include "mark/mark.h"

/* Whether the sweep will free the object. */
static bool is_dead(const struct moat_arena *arena, uint32_t start) {
    return moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, start >> 5) &&
           moat_is_white(arena, start);
}

/* INV-8: a slot that will survive points at an object that will: not at free memory, and while sweeping not at a white
 * object. */
static bool check_slot(const moat_slot *slot, struct moat_heap_error *error) {
    uintptr_t value = (uintptr_t)*slot;
    const struct moat_arena *arena = moat_arena_of(value);
    if (arena == NULL || moat_in_header(value)) {
        return true;
    }
    uint32_t start = moat_object_start(arena, moat_granule_of(arena, value));
    if (start == MOAT_NO_GRANULE || moat_is_hole(*moat_header_at(moat_granule_address(arena, start)))) {
        return moat_check_fail(error, 8, (uintptr_t)slot, "a slot points at freed memory");
    }
    if (is_dead(arena, start)) {
        return moat_check_fail(error, 8, (uintptr_t)slot, "a slot points at an object that is about to be freed");
    }
    return true;
}

static bool check_scan(struct moat_scan *scan, struct moat_heap_error *error) {
    uint32_t units = UINT32_MAX;
    for (moat_slot *slot = moat_scan_next(scan, &units); slot != NULL; slot = moat_scan_next(scan, &units)) {
        if (!check_slot(slot, error)) {
            return false;
        }
    }
    return true;
}

static bool check_objects(const struct moat_arena *arena, struct moat_heap_error *error) {
    for (uint32_t granule = arena->first; granule < arena->granules - 1;) {
        uint32_t next = granule + 1;
        if (moat_is_start(arena, granule)) {
            next = moat_object_end(arena, granule);
            bool marked = moat_heap.cycle.phase != MOAT_PHASE_MARK || !moat_is_white(arena, granule);
            moat_word header = *moat_header_at(moat_granule_address(arena, granule));
            if (marked && !is_dead(arena, granule) && moat_header_has_slots(header)) {
                struct moat_scan scan;
                moat_scan_object(&scan, arena, granule);
                if (!check_scan(&scan, error)) {
                    return false;
                }
            }
        }
        granule = next;
    }
    return true;
}

static bool check_roots(struct moat_heap_error *error) {
    struct moat_scan scan;
    moat_scan_begin(&scan, NULL, (uintptr_t)moat_roots_start, (uintptr_t)moat_roots_end, false);
    if (!check_scan(&scan, error)) {
        return false;
    }
    for (const struct moat_root *root = moat_root_records_start; root < moat_root_records_end; root++) {
        moat_scan_begin(&scan, root->type, (uintptr_t)root->start, (uintptr_t)root->start + root->type->size, false);
        if (!check_scan(&scan, error)) {
            return false;
        }
    }
    for (uint32_t i = 0; moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        const struct moat_root *root = &moat_heap.tables.roots[i];
        uintptr_t bytes = root->count * (root->type == NULL ? MOAT_WORD_BYTES : root->type->size);
        moat_scan_begin(&scan, root->type, (uintptr_t)root->start, (uintptr_t)root->start + bytes, root->count > 1);
        if (root->start != NULL && !check_scan(&scan, error)) {
            return false;
        }
    }
    return true;
}

bool moat_check_slots(struct moat_heap_error *error) {
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        if (!check_objects(moat_heap.arenas.table[i], error)) {
            return false;
        }
    }
    return check_roots(error);
}
