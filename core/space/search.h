/* moat: the search for free memory in the bitmaps, from the first word to its stop. Internal to core; interrupts are
 * masked in all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SEARCH_H
#define MOAT_SEARCH_H

#include "space/granule.h"

/* Goes on to the next free run, or a piece of one: of a run of n granules, min(n, 33) at least. Returns its granules
 * and stores its address; 0: the stop is reached. claim: its mark bits are set, it is nobody else's from here on. Cost:
 * a few words that are not all in use; MOAT_SEARCH_WORDS of them at most, and then *more is set and 0 returned. */
uint32_t moat_search_next(uintptr_t *at, bool claim, bool *more);

/* Words that one call looks at. */
#define MOAT_SEARCH_WORDS 12u

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

/* Free granules became an object elsewhere: what the search knows of the word that it is in is looked up again. */
void moat_search_look_again(void);

#endif
