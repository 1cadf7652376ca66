/* moat: how much is free, and in how many parts. See moat_answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "base/text.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "space/walk.h"

MOAT_ENTRY int moat_space_begin(struct moat_space *space) {
    const enum moat_refused call = MOAT_IN_SPACE_BEGIN;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (space == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STRUCT, 0);
    }
    space->free_bytes = 0;
    space->largest_bytes = 0;
    space->runs = 0;
    space->estimate = false;
    space->begun = false;
    space->run_arena = NULL;
    space->run_end = 0;
    space->run_granules = 0;
    moat_walk_begin(&space->walk);
    return MOAT_OK;
}

/* Adds to the run that ends where the piece begins, or begins another one. */
static void add(struct moat_space *space, const struct moat_piece *piece) {
    bool same = piece->arena == space->run_arena && piece->first == space->run_end;
    space->runs += !same;
    space->run_granules = (same ? space->run_granules : 0) + piece->granules;
    space->run_arena = piece->arena;
    space->run_end = piece->first + piece->granules;
    space->free_bytes += moat_bytes(piece->granules);
    uintptr_t bytes = moat_bytes(space->run_granules);
    space->largest_bytes = bytes > space->largest_bytes ? bytes : space->largest_bytes;
}

bool moat_space_step(struct moat_space *space, uint32_t steps) {
    struct moat_piece piece;
    space->estimate = space->begun || moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
    space->begun = true;
    for (uint32_t done = 0; done < steps; done += moat_piece_steps(&piece)) {
        if (!moat_walk_next(&space->walk, &piece)) {
            return false;
        }
        if (piece.kind == MOAT_PIECE_FREE) {
            add(space, &piece);
        }
    }
    return true;
}

uint32_t moat_space_fragmentation(const struct moat_space *space) {
    size_t all = space->free_bytes, outside = all - space->largest_bytes;
    if (all > SIZE_MAX / 1000) {
        return (uint32_t)(outside / (all / 1000));
    }
    return all == 0 ? 0 : (uint32_t)(outside * 1000 / all);
}

void moat_space_print(const struct moat_space *space) {
    struct moat_text text;
    moat_text_begin(&text);
    moat_text_string(&text, "space: ");
    moat_text_decimal(&text, space->free_bytes);
    moat_text_string(&text, " bytes free in ");
    moat_text_decimal(&text, space->runs);
    moat_text_string(&text, space->runs == 1 ? " run, the longest " : " runs, the longest ");
    moat_text_decimal(&text, space->largest_bytes);
    moat_text_string(&text, ", fragmentation ");
    moat_text_decimal(&text, moat_space_fragmentation(space));
    moat_text_string(&text, space->estimate ? " of 1000, an estimate" : " of 1000");
    moat_text_end(&text);
}
