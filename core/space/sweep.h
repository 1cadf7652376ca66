/* moat: sweeping. Internal to core; interrupts are masked in all of them.
 *
 * The sweep goes over the bitmap only, 32 granules at a time: white objects lose their bits, survivors turn white, and
 * the free runs that result become holes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SWEEP_H
#define MOAT_SWEEP_H

#include "moat_heap.h"

/* The cost of sweeping a bitmap word, and again that of a free run, in units of ten to fifteen instructions. */
#define MOAT_SWEEP_UNITS 5

/* Begins at the first arena's first word. */
void moat_sweep_begin(void);

/* Sweeps for `units` and files the free runs. With wanted != 0 the first run of that many
 * granules becomes the cursor's instead, which must have no hole, and the result is true. Returns false otherwise: the
 * units are used up or the sweep is complete (moat_heap.sweep.arena is NULL). */
bool moat_sweep_some(uint32_t units, uint32_t wanted);

/* Whether a free run that ends at `end` goes on in what the sweep has not filed: the open run, which may be empty, or
 * the front of the word that it is in. It becomes part of the open run by moving that run's start. */
bool moat_sweep_joins(uintptr_t end);

/* The part of the open run that is long enough for `granules`, 0 if it is not. It is cut off the run's front. */
uintptr_t moat_sweep_cut(uint32_t granules);

#endif
