/* moat: walking the runs of a type. See scan.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/scan.h"

MOAT_FEATURE_(runs);

/* Only objects that were made flexible have no end yet. */
#pragma weak moat_scan_to_end

static void begin_inner(struct moat_scan *scan, const struct moat_run *run) {
    scan->inner--;
    moat_scan_map(scan,
                  scan->piece + run->inner_offset + (uintptr_t)(run->inner_count - 1 - scan->inner) * run->inner_stride,
                  run->map);
}

/* Pieces that are slots and nothing else are all begun at once, and so are inner ones. */
static void begin_piece(struct moat_scan *scan, const struct moat_run *run, uintptr_t start) {
    scan->piece = start;
    if (run->inner_count == 0) {
        moat_scan_map(scan, start, run->map);
    } else if (run->map == 1 && run->inner_stride == MOAT_WORD_BYTES) {
        moat_scan_dense(scan, start + run->inner_offset,
                        start + run->inner_offset + (uintptr_t)run->inner_count * MOAT_WORD_BYTES);
    } else {
        scan->inner = run->inner_count;
        begin_inner(scan, run);
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

static void begin_run(struct moat_scan *scan) {
    const struct moat_run *run = &scan->type->runs[scan->run++];
    uint32_t pieces = run->map == 0 ? 0 : run_pieces(scan, run);
    uintptr_t start = scan->element + run->offset;
    scan->doubtful = run->inner_count == 0 && run->inner_stride == MOAT_RUN_DOUBTFUL;
    if (run->map == 1 && run->stride == MOAT_WORD_BYTES) {
        moat_scan_dense(scan, start, start + (uintptr_t)pieces * MOAT_WORD_BYTES);
    } else if (pieces != 0) {
        begin_piece(scan, run, start);
        scan->pieces = pieces - 1;
    }
}

bool moat_scan_runs(struct moat_scan *scan) {
    const struct moat_type *type = scan->type;
    if (scan->extends && !scan->array) {
        moat_scan_to_end(scan); /* a tail begins once the object's length is known */
    } else if (scan->inner != 0) {
        begin_inner(scan, &type->runs[scan->run - 1]);
    } else if (scan->pieces != 0) {
        const struct moat_run *run = &type->runs[scan->run - 1];
        scan->pieces--;
        begin_piece(scan, run, scan->piece + run->stride);
    } else if (scan->run < type->run_count) {
        begin_run(scan);
    } else {
        return false;
    }
    return true;
}
