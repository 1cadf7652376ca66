/* moat: sweeping, and placing the search's stop. Internal to core; interrupts are masked in all of them.
 *
 * The sweep goes over the bitmap only, 32 granules at a time: white objects lose their bits, survivors turn white. Then
 * free granules are counted from the arenas' end backwards until there are as many as the next marking may use up: the
 * search is to stop there.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SWEEP_H
#define MOAT_SWEEP_H

#include "moat_heap.h"

/* Begins at the first arena's first word. */
void moat_sweep_begin(void);

/* Sweeps for `units`, with CHECK1 and 2 looks at headers too; then places the stop. Returns the units left: 0 where
 * less than one is. */
uint32_t moat_sweep_some(uint32_t units);

/* Whether it has swept everything and placed the stop, which it does last. */
static inline bool moat_sweep_is_over(void) {
    return moat_heap.sweep.placed;
}

/* Begins placing the stop at the arenas' end. */
void moat_sweep_begin_place(void);

/* Begins placing the stop further back, since so many granules behind it are free no more. */
void moat_sweep_replace(uint32_t granules);

/* The stop goes where it has been placed. */
void moat_sweep_set_stop(void);

#endif
