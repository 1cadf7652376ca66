/* moat: going from object to object. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "space/granule.h"

/* The first granule at or behind this one, which is before the fence, where something starts; or the fence. */
static uint32_t next_start(const struct moat_arena *arena, uint32_t granule) {
    uint32_t starts = arena->bits[granule >> 5].start & (UINT32_MAX << (granule & 31u));
    while (starts == 0) {
        granule = (granule | 31u) + 1; /* the fence is a start: no word behind its own is looked at */
        starts = arena->bits[granule >> 5].start;
    }
    return (granule & ~31u) + moat_lowest_bit(starts);
}

bool moat_object_next(struct moat_object *object) {
    bool first = object->start == NULL;
    const struct moat_arena *arena = NULL;
    if (moat_heap.arenas.count != 0) {
        arena = first ? moat_heap.arenas.table[0] : moat_arena_of((uintptr_t)object->start);
    }
    uint32_t granule = arena == NULL || first ? 0 : moat_granule_of(arena, (uintptr_t)object->start) + 1;
    while (arena != NULL) {
        uint32_t fence = arena->granules - 1;
        granule = granule < arena->first ? arena->first : granule;
        granule = granule < fence ? next_start(arena, granule) : fence;
        if (granule < fence &&
            moat_object_find((const void *)moat_payload_at(moat_granule_address(arena, granule)), object)) {
            return true;
        }
        granule++;
        if (granule > fence) {
            arena = arena->next;
            granule = 0;
        }
    }
    return false;
}
