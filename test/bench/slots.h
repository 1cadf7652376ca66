/* moat: the array that a workload's objects hang from. For moat it is a root.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_SLOTS_H
#define BENCH_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SLOTS_MAX 8192 /* of 8 bytes fill the arena */

extern void *bench_slots[BENCH_SLOTS_MAX];

/* Makes the first `count` slots the workload's, the others empty and no roots. */
void bench_slots_use(uint32_t count);

/* Allocates into an empty slot and adds the cost to the series. False: no memory. For moat the cost is of the
 * allocation and of the store; for others of the allocation. */
bool bench_try_make(uint32_t slot, size_t bytes);

/* The same, and ends the run if there is no memory. An allocator that cannot free starts over. */
void bench_make(uint32_t slot, size_t bytes);

/* Frees, or for moat clears the slot, and adds the cost to the series. */
void bench_drop(uint32_t slot);

#endif
