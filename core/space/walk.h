/* moat: going over all memory of the arenas in pieces, while the firmware runs. Internal to core; thread mode.
 *
 * A walk keeps no pointer to an object, only a granule: what it finds there may have changed between two pieces, and is
 * taken as it is then.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_WALK_H
#define MOAT_WALK_H

#include "moat_answers.h"
#include "moat_heap.h"

enum moat_piece_kind {
    MOAT_PIECE_FREE,   /* free granules of a bitmap word, a hole, or the chunk */
    MOAT_PIECE_OBJECT, /* one that no sweep is about to free */
    MOAT_PIECE_OTHER,  /* neither */
};

struct moat_piece {
    const struct moat_arena *arena;
    uint32_t first, granules;
    enum moat_piece_kind kind;
    moat_word header; /* of an object: it names a type */
};

/* Begins at the first granule. */
void moat_walk_begin(struct moat_walk *walk);

/* The next piece. False: there is none. Traps at a header that was written over. Cost: constant, and for an object or a
 * hole a step for each 32 granules with interrupts on. */
bool moat_walk_next(struct moat_walk *walk, struct moat_piece *piece);

/* Begins a walk now; the next one is due when another cycle has ended. */
void moat_census_begin(struct moat_census *census);

/* Whether a walk is under way. Begins the one that is due. */
bool moat_census_walks(struct moat_census *census);

/* The next piece of the walk under way. False: it is over. */
bool moat_census_next(struct moat_census *census, struct moat_piece *piece);

/* The steps that a piece counts. */
static inline uint32_t moat_piece_steps(const struct moat_piece *piece) {
    return 1 + piece->granules / 32;
}

#endif
