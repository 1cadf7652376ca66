/* moat: walking the slots of an object or a root range, in pieces, by its type. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "bits.h"
#include "granule.h"
#include "mark.h"

static void begin_dense(struct moat_scan *scan, uintptr_t start, uintptr_t end) {
    scan->at = (moat_slot *)start;
    scan->map = 0;
    scan->dense_end = end - (end - start) % MOAT_WORD_BYTES;
    scan->pieces = 0;
}

static void begin_piece(struct moat_scan *scan, uintptr_t start, moat_word map) {
    scan->at = (moat_slot *)start;
    scan->map = map;
    scan->dense_end = start;
    scan->piece = start;
}

void moat_scan_begin(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end, bool array) {
    scan->type = type;
    scan->end = end;
    scan->element = start;
    scan->array = array;
    scan->run = 0;
    scan->pieces = 0;
    bool slots = type == NULL || (array && type->map == 1 && type->size == MOAT_WORD_BYTES);
    if (slots) {
        scan->type = NULL;
        begin_dense(scan, start, end);
    } else {
        begin_piece(scan, start, type->map);
    }
}

/* Pieces of a run in the object that begins at `element`; a tail has as many as fit. */
static uint32_t run_pieces(const struct moat_scan *scan, const struct moat_run *run) {
    if (run->count != MOAT_RUN_TAIL) {
        return run->count;
    }
    uintptr_t bytes = scan->end - scan->element;
    return bytes < run->offset ? 0 : (uint32_t)((bytes - run->offset) / run->stride);
}

static bool begin_run(struct moat_scan *scan) {
    const struct moat_run *run = &scan->type->runs[scan->run++];
    uint32_t pieces = run->map == 0 ? 0 : run_pieces(scan, run);
    uintptr_t start = scan->element + run->offset;
    if (run->map == 1 && run->stride == MOAT_WORD_BYTES) {
        begin_dense(scan, start, start + (uintptr_t)pieces * MOAT_WORD_BYTES);
    } else if (pieces != 0) {
        begin_piece(scan, start, run->map);
        scan->pieces = pieces - 1;
    }
    return true;
}

bool moat_scan_next_piece(struct moat_scan *scan) {
    const struct moat_type *type = scan->type;
    if (type == NULL) {
        return false;
    }
    if (scan->pieces != 0) {
        scan->pieces--;
        begin_piece(scan, scan->piece + type->runs[scan->run - 1].stride, type->runs[scan->run - 1].map);
        return true;
    }
    if (scan->run < type->run_count) {
        return begin_run(scan);
    }
    if (!scan->array || scan->end - scan->element < 2 * (uintptr_t)type->size) {
        return false;
    }
    scan->element += type->size;
    scan->run = 0;
    begin_piece(scan, scan->element, type->map);
    return true;
}

moat_slot *moat_scan_next(struct moat_scan *scan, uint32_t *units) {
    while (*units != 0) {
        if (scan->map != 0) {
            uint32_t skip = moat_lowest_bit_word(scan->map);
            moat_slot *slot = scan->at + skip;
            scan->at = slot + 1;
            scan->map = (scan->map >> skip) >> 1;
            --*units;
            return slot;
        }
        if ((uintptr_t)scan->at < scan->dense_end) {
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
