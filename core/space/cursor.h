/* moat: the cursor, where small objects are made. Internal to core; interrupts are masked in all of them.
 *
 * The cursor owns a hole. [at, limit), the chunk, is zeroed, its granules are marked as in use, and they lie within one
 * bitmap word; [limit, hole_end) is free. A cursor that makes black objects has no chunk: at == limit. at == limit ==
 * hole_end == 0: no hole.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CURSOR_H
#define MOAT_CURSOR_H

#include "space/granule.h"
#include "fault/assert.h"

/* Makes an object of `granules` at the cursor, its payload zero, its header as given. granules 1..MOAT_SMALL_GRANULES.
 * Returns the granule's address, or 0 if its hole has no room. Cost: constant; clears two bitmap words' granules at
 * most. */
uintptr_t moat_cursor_take(uint32_t granules, moat_word header);

/* Finds the cursor a hole with room for `granules`, and gives the last one back. False: none is known. Cost: constant;
 * while sweeping, a part of a slice. */
bool moat_cursor_refill(uint32_t granules);

/* Cuts `granules` off the front of a known hole and marks those in its first bitmap word as an object of raw bytes.
 * Returns the granule's address, or 0. For objects of more than MOAT_SMALL_GRANULES. Cost: constant. */
uintptr_t moat_cursor_cut(uint32_t granules);

/* A hole becomes the cursor's, which has none. open: it was cut out of the sweep's open run, and more may follow it. */
static inline void moat_cursor_own(struct moat_arena *arena, uintptr_t start, uint32_t granules, bool open,
                                   bool black) {
    MOAT_ASSERT(moat_heap.cursor.at == moat_heap.cursor.hole_end);
    moat_heap.cursor.at = start;
    moat_heap.cursor.limit = start;
    moat_heap.cursor.hole_end = start + moat_bytes(granules);
    moat_heap.cursor.arena = arena;
    moat_heap.cursor.may_join = open;
    moat_heap.cursor.born_black = black;
}

/* Gives the cursor's hole back, so that the sweep may pass it and a large request may use it. Cost: constant. */
void moat_cursor_release(void);

/* Gives the chunk up, not the hole: what is made from now on is black. */
void moat_cursor_blacken(void);

/* Whether a hole lies where the sweep has still to come. */
bool moat_cursor_is_unswept(uintptr_t at);

/* Marks what is left of an object of `granules` at `at`: the words that it covers, and its last. Cost grows with size:
 * with interrupts on but for small ones; handlers do not sweep while moat_heap.front.claiming, which is so where the
 * sweep could take the words for free ones. */
void moat_cursor_cover(uintptr_t at, uint32_t granules);

#endif
