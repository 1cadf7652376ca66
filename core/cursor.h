/* moat: the cursor, where small objects are made. Internal to core; interrupts are masked in all of them.
 *
 * The cursor owns a hole. [cursor, limit), the chunk, is zeroed and its granules are marked as in use; a fence, a start bit
 * without an object, stands at `cursor` while cursor < limit, so that the object before it ends there. [limit, hole_end)
 * is free. cursor == limit == hole_end == 0: no hole.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CURSOR_H
#define MOAT_CURSOR_H

#include "granule.h"

/* A start bit, in the colour of live objects, on a granule of the chunk. */
static inline void moat_cursor_fence(uintptr_t at) {
    const struct moat_arena *arena = moat_heap.cursor_arena;
    uint32_t granule = moat_granule_of(arena, at);
    struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = moat_bit(granule);
    bits->start |= bit;
    bits->mark = (bits->mark & ~bit) | (bit & moat_heap.live);
}

/* Makes an object of `granules` at the cursor, its payload zero, its header as given. granules 1..MOAT_SMALL_GRANULES.
 * Returns the granule's address, or 0 if no known hole is large enough. Cost: constant; clears at most one chunk. */
uintptr_t moat_cursor_take(uint32_t granules, moat_word header);

/* Cuts `granules` off the front of a known hole and marks them as one object of raw bytes, payload not cleared.
 * Returns the granule's address, or 0. For objects of more than MOAT_SMALL_GRANULES. Cost: constant. */
uintptr_t moat_cursor_cut(uint32_t granules);

/* Gives the cursor's hole back, so that the sweep may pass it and a large request may use it. Cost: constant. */
void moat_cursor_release(void);

/* Gives the fence the colour of live objects, after `live` has flipped. */
void moat_cursor_recolour(void);

#endif
