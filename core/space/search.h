/* moat: the search for free memory in the bitmaps, from the first word to its stop. Internal to core; interrupts are
 * masked in all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SEARCH_H
#define MOAT_SEARCH_H

#include "base/bits.h"
#include "base/free.h"
#include "moat_compiler.h"
#include "space/granule.h"

/* Goes on to the next free run, or to a piece of one: the first piece of a run of n granules has min(n, 33) at least,
 * if the stop does not cut it. place: a copy of moat_heap.search.place, which is to be put back. Returns the run's
 * granules and stores its address; 0: the stop is reached, or *words, one for each word that is looked at and all in
 * use, is used up and 0. claim: the run's mark bits are set, it is nobody else's from here on. */
static inline uint32_t moat_search_next(struct moat_place *place, uintptr_t *at, bool claim, uint32_t *words);

/* Begins anew at the first arena's first word. */
void moat_search_restart(void);

/* Sets the stop: the search does not look at this word of this arena, nor at what follows. */
void moat_search_stop_at(struct moat_arena *arena, uint32_t word);

/* Lets the search go on to the end of the last arena. */
void moat_search_open(void);

/* Whether it is at its stop: an allocation that needs it gets nothing. */
bool moat_search_is_over(void);

/* In SWEEP, when it has come to the end: begins anew, and stops where the sweep stands, from here on. False: it does so
 * already. */
bool moat_search_follow(void);

/* Where it follows the sweep, it stops where that stands; at the end, once that is over. */
void moat_search_lead(void);

/* Free granules became an object elsewhere: what the search knows of the word that it is in is looked up again. */
void moat_search_look_again(void);

/* ---- inline ---- */

/* Goes on to the next words that are not all in use; joined: only if they are those right behind. False: the stop is
 * reached, or they are not. */
bool moat_search_next_group(bool joined);

/* A copy of the search's place, member by member, so that compilers keep it in registers; or, where code is to be
 * small, the place itself. */
static inline void moat_search_copy(struct moat_place *to, const struct moat_place *from) {
    to->word = from->word;
    to->group_end = from->group_end;
    to->mask = from->mask;
    to->at = from->at;
}

static inline struct moat_place *moat_search_get(struct moat_place *copy) {
    if (MOAT_SMALL_) {
        return &moat_heap.search.place;
    }
    moat_search_copy(copy, &moat_heap.search.place);
    return copy;
}

static inline void moat_search_put(const struct moat_place *copy) {
    if (!MOAT_SMALL_) {
        moat_search_copy(&moat_heap.search.place, copy);
    }
}

static inline uint32_t moat_free_mask(const struct moat_bits *bits) {
    return ~(bits->start | bits->mark);
}

/* Goes on to the next word of the group. */
MOAT_HOT_ void moat_search_look(struct moat_place *place) {
    place->mask = moat_free_mask(place->word);
    place->word++;
    place->at += MOAT_WORD_SPAN;
}

/* moat_search_next_group for a place that is kept in registers. */
MOAT_HOT_ bool moat_search_ask(bool joined, struct moat_place *place) {
    moat_search_put(place);
    bool answer = moat_search_next_group(joined);
    (void)moat_search_get(place);
    return answer;
}

/* Words that a run may take at most more than the one that it begins in. */
#define MOAT_RUN_WORDS (MOAT_SMALL_ ? 3u : 6u)

/* A run goes on from a word's last granule: in run_words words more, and in the next group if it is short. */
MOAT_HOT_ uint32_t moat_search_next(struct moat_place *place, uintptr_t *at, bool claim, uint32_t *words) {
    while (place->mask == 0) {
        if (*words == 0 || (place->word == place->group_end && !moat_search_ask(false, place))) {
            return 0;
        }
        --*words;
        moat_search_look(place);
    }
    uint32_t first = moat_lowest_bit(place->mask), granules = 0 - first, lowest = (uint32_t)1 << first;
    *at = place->at + moat_bytes(first);
    do {
        uint32_t mask = place->mask, behind = mask + lowest;
        if (claim) {
            place->word[-1].mark |= mask & ~behind;
        }
        place->mask = mask & behind;
        granules += behind != 0 ? moat_lowest_bit(behind) : MOAT_WORD_GRANULES;
        if (behind != 0 || granules > MOAT_WORD_GRANULES * moat_heap.search.run_words ||
            (place->word == place->group_end && (granules > MOAT_WORD_GRANULES || !moat_search_ask(true, place)))) {
            break;
        }
        moat_search_look(place);
        lowest = 1;
    } while ((place->mask & 1u) != 0);
    if (claim) {
        moat_free_take(granules);
    }
    return granules;
}

#endif
