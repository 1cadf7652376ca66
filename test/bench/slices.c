/* moat: slices_SHAPE_KIB: the longest allocation of up to 64 bytes and, with the probe, the longest slice and masked
 * stretch, for a shape of live data in an arena of so many KiB.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "probe.h"
#include "shapes.h"
#include "workload.h"

#include <moat.h>

#include <string.h>

#define CYCLES 3
#define BYTES_MAX 64
#define RECENT 16

static MOAT_ROOT(void) recent[RECENT];

size_t bench_slices_arena(const char *shape_and_kib) {
    return bench_number(shape_and_kib) * BENCH_KIB;
}

static const struct bench_shape *find_shape(const char *name) {
    size_t length = strcspn(name, "_");
    for (const struct bench_shape *at = bench_shapes; at->name != NULL; at++) {
        if (strlen(at->name) == length && strncmp(at->name, name, length) == 0) {
            return at;
        }
    }
    bench_fail("no shape of this name");
}

/* Not by moat_stats_get, which adds up what is free. */
static uint32_t cycles(void) {
    return moat_heap.stats.cycles;
}

/* Objects of 1 to 64 bytes, a few of which live for a while. Returns the cost of the longest allocation. */
static uint32_t churn(void) {
    uint32_t longest = 0;
    for (uint32_t end = cycles() + CYCLES; cycles() < end;) {
        size_t bytes = 1 + bench_random_below(BYTES_MAX);
        uint32_t begin = bench_begin();
        void *object = moat_new_bytes(bytes);
        uint32_t cost = bench_end(begin);
        if (object == NULL) {
            bench_fail("no memory beside the shape");
        }
        longest = cost > longest ? cost : longest;
        MOAT_STORE(recent[bench_random_below(RECENT)], object);
    }
    return longest;
}

void bench_slices(const char *shape_and_kib) {
    const struct bench_shape *shape = find_shape(shape_and_kib + 1);
    shape->build(bench_slices_arena(shape_and_kib) / 100 * shape->share);
    (void)moat_gc_collect();
    uint32_t longest = churn();
    (void)moat_gc_collect();
    if (!bench_probe_present()) {
        bench_print("alloc_max", longest);
        return;
    }
    struct bench_probe probe = bench_probe_get();
    bench_print("slice_max", probe.slice_max);
    bench_print("masked_max", probe.masked_max);
    bench_print("stack_slice_max", probe.stack_max);
}
