/* moat: the cover bitmaps, summary levels over the words of an arena's bitmap. Internal to core.
 *
 * A covered word stands for 32 granules that all belong to the inside of one object; its own bits are 0 (INV-3). Level 0 has
 * a bit for each word, level k+1 a bit for each full word of level k, whose own bits are then 0. So a large object
 * costs a few bits a level, not a word for each 32 granules, and its start and end are found in as many steps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_COVER_H
#define MOAT_COVER_H

#include "moat_heap.h"

/* Covers, or uncovers, the words [first, last). Cost: two words a level. */
void moat_cover_set(struct moat_arena *arena, uint32_t first, uint32_t last);
void moat_cover_clear(struct moat_arena *arena, uint32_t first, uint32_t last);

/* Whether a word is covered. */
bool moat_cover_test(const struct moat_arena *arena, uint32_t word);

/* The nearest word at or after, or at or before, `word` that is not covered. There is one: an arena's first and last
 * words hold starts. */
uint32_t moat_cover_next(const struct moat_arena *arena, uint32_t word);
uint32_t moat_cover_prev(const struct moat_arena *arena, uint32_t word);

#endif
