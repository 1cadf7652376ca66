/* moat: walking the slots of an object or a root range, in pieces, by its type. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/mark.h"

static void begin_dense(struct moat_scan *scan, uintptr_t start, uintptr_t end) {
    scan->at = (moat_slot *)start;
    scan->dense_end = (moat_slot *)(end - (end - start) % MOAT_WORD_BYTES);
    scan->map = 0;
}

static void begin_map(struct moat_scan *scan, uintptr_t start, moat_word map) {
    scan->at = (moat_slot *)start;
    scan->dense_end = scan->at;
    scan->map = map;
}

static void begin_inner(struct moat_scan *scan, const struct moat_run *run) {
    scan->inner--;
    begin_map(scan,
              scan->piece + run->inner_offset + (uintptr_t)(run->inner_count - 1 - scan->inner) * run->inner_stride,
              run->map);
}

/* Pieces that are slots and nothing else are all begun at once, and so are inner ones. */
static void begin_piece(struct moat_scan *scan, const struct moat_run *run, uintptr_t start) {
    scan->piece = start;
    if (run->inner_count == 0) {
        begin_map(scan, start, run->map);
    } else if (run->map == 1 && run->inner_stride == MOAT_WORD_BYTES) {
        begin_dense(scan, start + run->inner_offset,
                    start + run->inner_offset + (uintptr_t)run->inner_count * MOAT_WORD_BYTES);
    } else {
        scan->inner = run->inner_count;
        begin_inner(scan, run);
    }
}

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

void moat_scan_begin(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end, bool array) {
    MOAT_ASSERT(start <= end);
    MOAT_ASSERT(type == NULL || moat_type_known(type) || !moat_heap.front.ready); /* none is known before moat_init */
    bool slots = type == NULL || (array && type->map == 1 && type->size == MOAT_WORD_BYTES);
    scan->type = slots ? NULL : type;
    scan->end = end;
    scan->element = start;
    scan->array = array;
    scan->extends = false;
    scan->run = 0;
    scan->pieces = 0;
    scan->inner = 0;
    if (slots) {
        begin_dense(scan, start, end);
    } else {
        begin_map(scan, start, type->map);
    }
}

void moat_scan_object(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule) && moat_is_start(arena, granule));
    uintptr_t at = moat_granule_address(arena, granule), start = moat_payload_at(at);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    bool array = (header & MOAT_HEADER_ARRAY) != 0;
    bool sized = !array && type->flexible == 0, extends = !sized && moat_heap.cycle.phase == MOAT_PHASE_MARK;
    uintptr_t end = extends ? at + MOAT_GRANULE : start + type->size;
    if (!sized && !extends) {
        end = moat_granule_address(arena, moat_object_end(arena, granule));
    }
    moat_scan_begin(scan, type, start, end, array);
    scan->extends = extends;
}

/* An array of slots goes on where its known part ends. */
static bool begin_more(struct moat_scan *scan) {
    uintptr_t from = scan->end;
    if (!scan->extends || !extend(scan)) {
        return false;
    }
    begin_dense(scan, from, scan->end);
    return true;
}

/* Whether another element follows the one under way. */
static bool has_next_element(struct moat_scan *scan) {
    while (scan->end - scan->element < 2 * (uintptr_t)scan->type->size) {
        if (!scan->extends || !extend(scan)) {
            return false;
        }
    }
    return true;
}

/* Pieces of a run in the object that begins at `element`; a tail has as many as fit. */
static uint32_t run_pieces(const struct moat_scan *scan, const struct moat_run *run) {
    if (run->count != MOAT_RUN_TAIL) {
        return run->count;
    }
    uintptr_t bytes = scan->end - scan->element;
    return bytes < run->offset ? 0 : (uint32_t)((bytes - run->offset) / run->stride);
}

static void begin_run(struct moat_scan *scan) {
    const struct moat_run *run = &scan->type->runs[scan->run++];
    uint32_t pieces = run->map == 0 ? 0 : run_pieces(scan, run);
    uintptr_t start = scan->element + run->offset;
    if (run->map == 1 && run->stride == MOAT_WORD_BYTES) {
        begin_dense(scan, start, start + (uintptr_t)pieces * MOAT_WORD_BYTES);
    } else if (pieces != 0) {
        begin_piece(scan, run, start);
        scan->pieces = pieces - 1;
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
    const struct moat_type *type = scan->type;
    if (scan->map != 0) {
        begin_mapped(scan);
    } else if (type == NULL) {
        return begin_more(scan);
    } else if (scan->extends && !scan->array) {
        (void)extend(scan); /* a tail begins once the object's length is known */
    } else if (scan->inner != 0) {
        begin_inner(scan, &type->runs[scan->run - 1]);
    } else if (scan->pieces != 0) {
        const struct moat_run *run = &type->runs[scan->run - 1];
        scan->pieces--;
        begin_piece(scan, run, scan->piece + run->stride);
    } else if (scan->run < type->run_count) {
        begin_run(scan);
    } else if (scan->array && has_next_element(scan)) {
        scan->element += type->size;
        scan->run = 0;
        begin_map(scan, scan->element, type->map);
    } else {
        return false;
    }
    return true;
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
