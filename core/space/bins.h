/* moat: holes, filed by size. Internal to core; interrupts are masked in all of them.
 *
 * Every maximal free run of two or more granules is in exactly one bin, or is the sweep's or the cursor's (INV-5). A
 * bin is a list through the holes. Good fit by size classes, after M. Masmano et al., "TLSF", 2004.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BINS_H
#define MOAT_BINS_H

#include "moat_heap.h"

/* The least run that can hold a struct moat_hole. */
#define MOAT_HOLE_GRANULES 2u

/* Sizes below this have a bin each: there moat_bins_find misses nothing. */
#define MOAT_EXACT_GRANULES 32u

/* The bin that a hole of this size is filed in: an index into moat_heap.bins.holes. */
uint32_t moat_bins_of(uint32_t granules);

/* Files the free run of `granules` at a granule's address. granules >= MOAT_HOLE_GRANULES. Cost: constant. */
void moat_bins_put(uintptr_t at, uint32_t granules);

/* Takes a hole out of its bin. Cost: constant. */
void moat_bins_remove(struct moat_hole *hole);

/* A hole of at least `granules`, still filed, or NULL. Looks only where every hole fits, and at one more: a hole of
 * fitting size can be missed in the bin that `granules` itself falls into. Cost: constant. */
struct moat_hole *moat_bins_find(uint32_t granules);

/* The first hole of the bin that `granules` falls into, or NULL. Cost: constant. */
struct moat_hole *moat_bins_first(uint32_t granules);

/* Takes a hole out of its bin and puts it in front of a list of the caller's, where it still counts as filed. */
void moat_bins_set_aside(struct moat_hole *hole, struct moat_hole **list);

#endif
