/* moat: how much is free. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_FREE_H
#define MOAT_FREE_H

#include "moat_heap.h"

/* Bytes of free memory, holes and the chunk; while sweeping, those found so far. Context: any; interrupts are masked
 * for 16 bitmap words at a time; what handlers take meanwhile may be counted or not. Cost: some 20 instructions for
 * each 32 granules of the arenas. */
uintptr_t moat_free_bytes(void);

/* The free granules of the bitmaps are counted where events tell of them; they need no walk then. Masked. */
static inline void moat_free_add(uint32_t granules) {
#if MOAT_CONFIG_EVENTS > 0
    moat_heap.free_granules += granules;
#else
    (void)granules;
#endif
}

static inline void moat_free_take(uint32_t granules) {
    moat_free_add(0 - granules);
}

/* As moat_free_bytes: the argument of most events that end something, where there are events. Context: any. Cost:
 * constant. */
uint32_t moat_event_free_bytes(void);

#endif
