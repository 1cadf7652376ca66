/* moat: walking arrays and flexible objects, whose type does not tell their size. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "mark/mark.h"
#include "mark/scan.h"

MOAT_FEATURE_(elements);

/* Moves the object's end on by what its next bitmap word says, 32 granules at most. False: it ends here. */
static bool extend(struct moat_scan *scan) {
    const struct moat_arena *arena = moat_arena_of(scan->element);
    uint32_t granule = moat_granule_of(arena, scan->end),
             other = ~(moat_inside(&arena->bits[granule >> 5]) >> (granule & 31u));
    uint32_t granules = other == 0 ? 32 : moat_lowest_bit(other);
    scan->end += moat_bytes(granules);
    scan->extends = granules != 0;
    return scan->extends;
}

/* An array of slots goes on where its known part ends. */
static bool begin_more(struct moat_scan *scan) {
    uintptr_t from = scan->end;
    if (!scan->extends || !extend(scan)) {
        return false;
    }
    moat_scan_dense(scan, from, scan->end);
    return true;
}

/* Another element, if one follows the one under way. An element may have many bitmap words: each piece looks at one of
 * them. False: none follows. */
static bool begin_element(struct moat_scan *scan) {
    const struct moat_type *type = scan->type;
    if (scan->end - scan->element < 2 * (uintptr_t)type->size) {
        return scan->extends && extend(scan);
    }
    scan->element += type->size;
    scan->run = 0;
    moat_scan_map(scan, scan->element, type->map);
    return true;
}

void moat_scan_to_end(struct moat_scan *scan) {
    (void)extend(scan);
}

bool moat_scan_elements(struct moat_scan *scan) {
    return scan->type == NULL ? begin_more(scan) : scan->array && begin_element(scan);
}

void moat_scan_unsized(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule) && moat_is_start(arena, granule));
    uintptr_t at = moat_granule_address(arena, granule), start = moat_payload_at(at);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    bool array = (header & MOAT_HEADER_ARRAY) != 0;
    bool extends = moat_heap.cycle.phase == MOAT_PHASE_MARK;
    uintptr_t end = extends ? at + MOAT_GRANULE : moat_granule_address(arena, moat_object_end(arena, granule));
    moat_scan_begin(scan, type, start, end, array);
    scan->extends = extends;
}
