/* moat: the share of time that the collector leaves, measured while it runs. Internal to core; nothing of it is there
 * without MOAT_CONFIG_SLICE_CLOCK.
 *
 * Time is what moat_port_clock tells. The collector's is that of slices and of stacks' scans; all else is the
 * firmware's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_UTILISATION_H
#define MOAT_UTILISATION_H

#include "moat_heap.h"
#include "base/port.h"

#if MOAT_CONFIG_SLICE_CLOCK

/* The collector's time up to now; wraps. */
static inline uint32_t moat_utilisation_busy(void) {
    return moat_heap.utilisation.busy;
}

/* The collector has worked from `begin` to `end`, but for what it did in slices between, since when its time was
 * `busy`. Calls come in the order of their ends, with interrupts masked. Cost: bounded by MOAT_UTILISATION_PARTS a
 * window. */
void moat_utilisation_add(uint32_t begin, uint32_t end, uint32_t busy);

#else

static inline uint32_t moat_utilisation_busy(void) {
    return 0;
}

static inline void moat_utilisation_add(uint32_t begin, uint32_t end, uint32_t busy) {
    (void)begin;
    (void)end;
    (void)busy;
}

#endif
#endif
