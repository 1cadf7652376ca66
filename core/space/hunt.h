/* moat: the search of one arena for so many free granules in a row, and claiming them. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_HUNT_H
#define MOAT_HUNT_H

#include "space/granule.h"

/* A search. The run that it has found so far ends before `word` of `arena`. */
struct moat_hunt {
    uint32_t wanted;
    struct moat_arena *arena; /* NULL: all have been searched */
    uint32_t word;
    uint32_t found; /* free granules that end where it stands */
    uint32_t first; /* of the run, once it is long enough */
};

/* Bitmap words that one masked step looks at. */
#define MOAT_HUNT_WORDS 8u

/* The words of an arena that the search may use: in IDLE those before its stop. */
static inline uint32_t moat_hunt_words(const struct moat_arena *arena) {
    const struct moat_search *search = &moat_heap.search;
    if (moat_heap.cycle.phase != MOAT_PHASE_IDLE || arena->order < search->stop->order) {
        return moat_arena_words(arena);
    }
    return arena == search->stop ? search->stop_word : 0;
}

static inline void moat_hunt_from(struct moat_hunt *hunt, struct moat_arena *arena, uint32_t word) {
    hunt->arena = arena;
    hunt->word = word;
    hunt->found = 0;
}

/* Masked. Looks at words up to `end`. True: the run that ends in the last of them, or at its end, is long enough. Runs
 * with a granule in use on either side in the same word are not seen. */
bool moat_hunt_look(struct moat_hunt *hunt, uint32_t end);

/* Makes what was found an object of raw bytes, its memory as it was, in steps, with interrupts on between them. Returns
 * its address. 0: a handler has used some of it meanwhile; the hunt stands where it began then. */
uintptr_t moat_hunt_claim(struct moat_hunt *hunt);

#endif
