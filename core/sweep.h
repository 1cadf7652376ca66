/* moat: sweeping. Internal to core; interrupts are masked in all of them.
 *
 * The sweep goes over the bitmaps only, 32 granules at a time: white objects lose their bits, the free runs that
 * result are filed as holes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SWEEP_H
#define MOAT_SWEEP_H

#include "moat_heap.h"

/* Begins at the first arena's first word. */
void moat_sweep_begin(void);

/* Sweeps words while units are left, one unit a word and one a hole. Returns the units left; more than 0 means that the
 * sweep is complete. */
uint32_t moat_sweep_some(uint32_t units);

/* Words still to sweep. */
uint32_t moat_sweep_left(void);

#endif
