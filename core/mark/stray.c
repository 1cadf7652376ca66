/* moat: slots that point at what does not survive. See stray.h; docs/design.md, INV-8.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/stray.h"

#include "mark/mark.h"
#include "mark/root.h"
#include "space/granule.h"

static bool is_stray(const moat_slot *slot, struct moat_stray *out) {
    uintptr_t value = (uintptr_t)*slot;
    const struct moat_arena *arena = moat_arena_of(value);
    if (arena == NULL || moat_in_header(value)) {
        return false;
    }
    uint32_t start = moat_object_start(arena, moat_granule_of(arena, value));
    out->slot = slot;
    out->freed = start == MOAT_NO_GRANULE || moat_is_hole(*moat_header_at(moat_granule_address(arena, start)));
    return out->freed || moat_is_dead(arena, start);
}

static bool find_in_scan(struct moat_scan *scan, struct moat_stray *out) {
    uint32_t units = UINT32_MAX;
    for (moat_slot *slot = moat_scan_next(scan, &units); slot != NULL; slot = moat_scan_next(scan, &units)) {
        if (!scan->doubtful && is_stray(slot, out)) {
            return true;
        }
    }
    return false;
}

static bool find_in_object(const struct moat_arena *arena, uint32_t granule, struct moat_stray *out) {
    uintptr_t at = moat_granule_address(arena, granule);
    moat_word header = *moat_header_at(at);
    bool survives =
        (moat_heap.cycle.phase != MOAT_PHASE_MARK || !moat_is_white(arena, granule)) && !moat_is_dead(arena, granule);
    if (!survives || !moat_header_has_slots(header)) {
        return false;
    }
    struct moat_scan scan;
    out->holder = moat_payload_at(at);
    out->type = moat_header_type(header);
    moat_scan_object(&scan, arena, granule);
    return find_in_scan(&scan, out);
}

static bool find_in_arena(const struct moat_arena *arena, struct moat_stray *out) {
    for (uint32_t granule = arena->first; granule < arena->granules - 1;) {
        uint32_t next = granule + 1;
        if (moat_is_start(arena, granule)) {
            next = moat_object_end(arena, granule);
            if (find_in_object(arena, granule, out)) {
                return true;
            }
        }
        granule = next;
    }
    return false;
}

static bool find_in_root(const struct moat_root *root, struct moat_stray *out) {
    struct moat_scan scan;
    moat_scan_begin(&scan, root->type, (uintptr_t)root->start, moat_root_end(root), root->count > 1);
    return find_in_scan(&scan, out);
}

static bool find_in_roots(struct moat_stray *out) {
    struct moat_scan scan;
    moat_scan_slots(&scan, (uintptr_t)moat_roots_start, (uintptr_t)moat_roots_end);
    if (find_in_scan(&scan, out)) {
        return true;
    }
    for (const struct moat_root *root = moat_root_records_start; root < moat_root_records_end; root++) {
        if (find_in_root(root, out)) {
            return true;
        }
    }
    for (uint32_t i = 0; moat_heap.tables.roots != NULL && i < MOAT_CONFIG_ROOTS_MAX; i++) {
        const struct moat_root *root = &moat_heap.tables.roots[i];
        if (root->start != NULL && find_in_root(root, out)) {
            return true;
        }
    }
    return false;
}

bool moat_stray_find(struct moat_stray *out) {
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        if (find_in_arena(moat_heap.arenas.table[i], out)) {
            return true;
        }
    }
    out->holder = 0;
    out->type = NULL;
    return find_in_roots(out);
}
