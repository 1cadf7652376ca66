/* moat: when the collector works, and how much. Internal to core; docs/pacing.md explains it and proves its bounds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PACE_H
#define MOAT_PACE_H

#include "moat_heap.h"

/* Whether free memory has fallen to where a cycle must start to end in time. Context: any. */
bool moat_pace_due(void);

/* Work units that an allocation of `granules` has to do: at least MOAT_CONFIG_PACE. Where the free memory would not do
 * for the work left at the rate that was counted on, so many for each granule that the work is done before the memory
 * is used up. While sweeping, none while more is free than the rest of the sweep and the next marking need. Thread
 * mode, not in phase IDLE. */
uint32_t moat_pace_units(uint32_t granules);

/* Interrupts masked. Sets with how few free granules an allocation has to look whether something is due
 * (moat_heap.pace.threshold): after each change of what it depends on. */
void moat_pace_attend(void);

/* Interrupts masked, as a cycle starts, before its number is counted up. Guesses its work, counts from 0. */
void moat_pace_begin_marking(void);

/* Interrupts masked, as marking ends. Sets what the next one may need. */
void moat_pace_end_marking(void);

#endif
