/* moat: the costs of one kind of operation. See series.h.
 *
 * SPDX-License-Identifier: MIT */
#include "series.h"

#include "bench.h"

#define SAMPLES_MAX 40000

struct bench_series bench_allocs, bench_frees;
static __attribute__((section(".noinit.moat_bench_samples"))) uint32_t samples[SAMPLES_MAX];

void bench_series_add(struct bench_series *series, uint32_t cost) {
    series->sum += cost;
    series->count++;
    series->max = cost > series->max ? cost : series->max;
}

void bench_alloc_add(uint32_t cost) {
    if (bench_allocs.count == SAMPLES_MAX) {
        bench_fail("more allocations than there is room for samples");
    }
    samples[bench_allocs.count] = cost;
    bench_series_add(&bench_allocs, cost);
}

void bench_free_add(uint32_t cost) {
    bench_series_add(&bench_frees, cost);
}

void bench_series_restart(void) {
    bench_allocs = bench_frees = (struct bench_series){0};
}

/* Lets samples[at] sink in the heap of samples[0 .. count). */
static void sink(uint32_t at, uint32_t count) {
    uint32_t value = samples[at];
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && samples[child + 1] > samples[child]) {
            child++;
        }
        if (samples[child] <= value) {
            break;
        }
        samples[at] = samples[child];
    }
    samples[at] = value;
}

static void sort_samples(uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;) {
        sink(i, count);
    }
    for (uint32_t last = count; last-- > 1;) {
        uint32_t most = samples[0];
        samples[0] = samples[last];
        samples[last] = most;
        sink(0, last);
    }
}

void bench_series_print(void) {
    uint32_t count = bench_allocs.count;
    if (count == 0) {
        bench_exhausted("nothing was allocated");
    }
    sort_samples(count);
    bench_print_mean("total_mean", bench_allocs.sum + bench_frees.sum, count);
    bench_print_mean("alloc_mean", bench_allocs.sum, count);
    bench_print("alloc_median", samples[count / 2]);
    bench_print("alloc_p999", samples[(uint32_t)((uint64_t)count * 999 / 1000)]);
    bench_print("alloc_max", bench_allocs.max);
    if (bench_managed || bench_allocator->free != NULL) {
        bench_print_mean("free_mean", bench_frees.sum, bench_frees.count);
        bench_print("free_max", bench_frees.max);
    }
}
