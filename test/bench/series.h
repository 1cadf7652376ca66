/* moat: the costs of one kind of operation.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <stdint.h>

/* Zero is the empty series. */
struct bench_series {
    uint64_t sum;
    uint32_t count;
    uint32_t max;
};

void bench_series_add(struct bench_series *series, uint32_t cost);

/* The series of allocations keeps each cost for the median and the 99.9th percentile: 40,000 at most. */
extern struct bench_series bench_allocs, bench_frees;
void bench_alloc_add(uint32_t cost);
void bench_free_add(uint32_t cost);

/* Forgets both, after the warm-up. */
void bench_series_restart(void);

/* total_mean, alloc_* and free_*. */
void bench_series_print(void);

#endif
