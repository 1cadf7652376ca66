/* moat: marking. Internal to core; interrupts are masked in all of them unless said otherwise.
 *
 * An object is white (not reached), grey (reached, on its arena's grey list, slots not scanned) or black. Objects
 * without slots go from white to black. The grey list is linked through the headers, so it needs no memory and can't
 * overflow.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MARK_H
#define MOAT_MARK_H

#include "moat_heap.h"

/* Greys the object that a slot's value points at or into, if it is white. Cost: constant. */
void moat_mark_value(const void *value);

/* Greys, while marking, an object that begins or ceases to be held by a pin, a handle or the list of the doomed. */
void moat_mark_root(void *object);

/* How far before an array a word still keeps it: four elements of two words, one of eight. */
#define MOAT_BIAS_GRANULES 4u

/* As moat_mark_value for a word that may be anything and may stand just past or before its object: a word inside a
 * header keeps the object of that header and the one before it, a word before an object keeps it if it is near enough.
 * Cost: constant, up to six objects are marked. */
void moat_mark_ambiguous(uintptr_t word);

/* Whether the object at this payload address is white. */
bool moat_mark_is_white(const void *object);

/* Prepares the scan of elements of `type` (NULL: of slots) in [start, end). array: more than one element. */
void moat_scan_begin(struct moat_scan *scan, const struct moat_type *type, uintptr_t start, uintptr_t end, bool array);

/* Prepares the scan of the object that starts at a granule. */
void moat_scan_object(struct moat_scan *scan, const struct moat_arena *arena, uint32_t granule);

/* Goes on to what follows when [at, dense_end) is used up, which it may leave empty; false: nothing does. */
bool moat_scan_next_piece(struct moat_scan *scan);

/* The next slot, or NULL when there is none or *units, from which each slot and each piece takes one, is used up. The
 * scan is over when NULL is returned and *units is not 0. */
moat_slot *moat_scan_next(struct moat_scan *scan, uint32_t *units);

/* Marks from grey objects until there are none left or the units are used up. Returns the units left; more than 0 means
 * that nothing is grey. */
uint32_t moat_mark_some(uint32_t units);

#endif
