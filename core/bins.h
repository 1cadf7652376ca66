/* moat: holes, filed by size. Internal to core; interrupts are masked in all of them.
 *
 * Every maximal free run of two or more granules is in exactly one bin, or is the sweep's pending run or the cursor's
 * hole (INV-5). A bin is a circular list through the holes; requests take the head, the sweep files at the tail.
 * Good fit by two-level size classes: M. Masmano et al., "TLSF", 2004.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BINS_H
#define MOAT_BINS_H

#include "moat_heap.h"

/* The least run that can hold a struct moat_hole. */
#define MOAT_HOLE_GRANULES 2u

/* Sizes below this have a bin each: there moat_bins_find misses nothing. */
#define MOAT_EXACT_GRANULES 16u

/* The bin that a hole of this size is filed in: an index into moat_heap.bins. */
uint32_t moat_bins_of(uint32_t granules);

/* Files the free run of `granules` at a granule's address. granules >= MOAT_HOLE_GRANULES. Cost: constant. */
void moat_bins_put(uintptr_t at, uint32_t granules);

/* Takes a hole out of its bin. Cost: constant. */
void moat_bins_remove(struct moat_hole *hole);

/* A hole of at least `granules`, still filed, or NULL. Looks only where every hole fits, and at one more: a hole of
 * fitting size can be missed in the bin that `granules` itself falls into. Cost: constant. */
struct moat_hole *moat_bins_find(uint32_t granules);

/* Turns the bin that `granules` falls into by one, so that the next moat_bins_find looks at another hole of it.
 * Returns the hole now at its head, or NULL. Cost: constant. */
struct moat_hole *moat_bins_turn(uint32_t granules);

#endif
