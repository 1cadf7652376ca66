/* moat: walking the slots of an object or a root range, in pieces, by its type. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "mark/scan.h"

/* Linked for objects that say so. */
#pragma weak moat_scan_runs
#pragma weak moat_scan_elements
#pragma weak moat_scan_unsized

void moat_scan_slots(struct moat_scan *scan, uintptr_t start, uintptr_t end) {
    MOAT_ASSERT(start <= end);
    scan->type = NULL;
    scan->pieces = 0;
    scan->inner = 0;
    scan->run = 0;
    scan->element = start;
    scan->end = end;
    scan->array = false;
    scan->doubtful = false;
    scan->extends = false;
    moat_scan_dense(scan, start, end);
}

static inline void begin_typed(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end) {
    MOAT_ASSERT(moat_type_known(type) || !moat_heap.front.ready); /* none is known before moat_init */
    moat_scan_slots(scan, start, end);
    scan->type = type;
    moat_scan_map(scan, start, type->map);
}

void moat_scan_begin(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end, bool array) {
    if (type == NULL || (array && type->map == 1 && type->size == MOAT_WORD_BYTES)) {
        moat_scan_slots(scan, start, end);
    } else {
        begin_typed(scan, type, start, end);
        scan->array = array;
    }
}

void moat_scan_object(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule) && moat_is_start(arena, granule));
    uintptr_t at = moat_granule_address(arena, granule), start = moat_payload_at(at);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    if ((header & MOAT_HEADER_ARRAY) != 0 || type->flexible != 0) {
        moat_scan_unsized(scan, arena, granule);
    } else {
        begin_typed(scan, type, start, start + type->size);
    }
}

/* The lowest ones of the map become the dense part. */
static void begin_mapped(struct moat_scan *scan) {
    uint32_t skip = moat_lowest_bit_word(scan->map);
    moat_word map = scan->map >> skip;
    uint32_t slots = ~map == 0 ? (uint32_t)MOAT_WORD_BITS : moat_lowest_bit_word(~map);
    scan->at = scan->dense_end + skip;
    scan->dense_end = scan->at + slots;
    scan->map = ~map == 0 ? 0 : map >> slots;
}

bool moat_scan_next_piece(struct moat_scan *scan) {
    MOAT_ASSERT(scan->at == scan->dense_end);
    if (scan->map != 0) {
        begin_mapped(scan);
        return true;
    }
    if (scan->type != NULL && scan->type->runs != NULL && moat_scan_runs(scan)) {
        return true;
    }
    return (scan->array || scan->extends) && moat_scan_elements != NULL && moat_scan_elements(scan);
}

moat_slot *moat_scan_next(struct moat_scan *scan, uint32_t *units) {
    while (*units != 0) {
        if (scan->at < scan->dense_end) {
            --*units;
            return scan->at++;
        }
        if (!moat_scan_next_piece(scan)) {
            return NULL;
        }
        --*units;
    }
    return NULL;
}
