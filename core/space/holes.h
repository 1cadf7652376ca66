/* moat: holes: free memory that the search has passed, in lists by size. Internal to core; interrupts are masked in all
 * of them. docs/design.md, "Free memory".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_HOLES_H
#define MOAT_HOLES_H

#include "space/granule.h"

/* moat_holes_file(lists, bias, at, granules): makes [at, at + granules) a hole and files it. Its mark bits are set, its
 * start bits are not. bias: its arena's. Cost: constant. */

/* The list of the holes of so many granules; and the first one whose holes all have so many or more: requests for 31
 * and 32 granules go past those that share a list with 30. */
_Static_assert(MOAT_EXACT_HOLES + 3 == MOAT_LISTS, "the lists that are not for one size are the last two");
static inline uint32_t moat_holes_list(uint32_t granules) {
    return granules <= MOAT_EXACT_HOLES ? granules : granules < MOAT_LONG_HOLES ? MOAT_LISTS - 2u : MOAT_LISTS - 1u;
}

static inline uint32_t moat_holes_from(uint32_t granules) {
    return granules <= MOAT_EXACT_HOLES + 1u ? granules : MOAT_LISTS - 1u;
}

/* Whether the map says that there is one in such a list. It may be wrong. */
static inline bool moat_holes_maybe(const struct moat_lists *lists, uint32_t granules) {
    return lists->map >> moat_holes_from(granules) != 0;
}

/* Takes a hole of `granules` or more, the smallest that the lists tell apart, and files what it has more. It is white,
 * and its contents are what they were. granules 1..MOAT_SMALL_GRANULES. Returns its address, or 0. Cost:
 * constant; a step for each list that turns out empty. */
uintptr_t moat_holes_cut(struct moat_lists *lists, uint32_t granules);

/* Empties the lists. The holes stay the dead objects that they are. Cost: constant. */
void moat_holes_forget(struct moat_lists *lists);

/* Moves them to lists that are empty. Cost: for each list that may hold something. */
void moat_holes_move(struct moat_lists *to, struct moat_lists *from);

/* Whether a hole of that size begins there: an address that comes from a hole comes from memory that firmware may have
 * written to. Cost: some fifteen instructions in the first arena. */
static inline bool moat_holes_is_one(const struct moat_hole *hole, uint32_t granules);

/* ---- inline ---- */

/* Notes what only a hole of more than MOAT_EXACT_HOLES has: its length, and back bytes if it may fill a bitmap word. */
static inline void moat_holes_note_long(struct moat_hole *hole, uint32_t granules) {
    hole->granules = granules;
    if (granules >= MOAT_LONG_HOLES) {
        moat_object_back(moat_arena_of((uintptr_t)hole), (uintptr_t)hole, granules);
    }
}

static inline bool moat_holes_is_one(const struct moat_hole *hole, uint32_t granules) {
    uintptr_t at = (uintptr_t)hole;
    const struct moat_arena *arena = moat_arena_of(at);
    return arena != NULL && (at & (MOAT_GRANULE - 1)) == MOAT_WORD_BYTES &&
           hole->header == (MOAT_HEADER_HOLE | granules) &&
           (moat_bits_at(arena->bias, at)->start & moat_bit_at(at)) != 0;
}

static inline void moat_holes_file_here(struct moat_lists *lists, uintptr_t bias, uintptr_t at, uint32_t granules) {
    struct moat_hole *hole = (struct moat_hole *)at;
    uint32_t list = granules;
    if (__builtin_expect(granules > MOAT_EXACT_HOLES, 0)) {
        moat_holes_note_long(hole, granules);
        list = moat_holes_list(granules);
    }
    hole->header = MOAT_HEADER_HOLE | granules;
    hole->next = lists->holes[list];
    lists->holes[list] = hole;
    lists->map |= (uint32_t)1 << list;
    moat_set_start(bias, at);
    moat_heap.listed += granules;
}

MOAT_SHARED_(void moat_holes_file(struct moat_lists *lists, uintptr_t bias, uintptr_t at, uint32_t granules),
             { moat_holes_file_here(lists, bias, at, granules); })

#endif
