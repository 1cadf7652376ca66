/* moat: memory: what the heap takes of its arena for itself, in percent; headers are counted as the objects'.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "workload.h"

#include <moat.h>

void bench_memory(const char *none) {
    (void)none;
    struct moat_stats stats;
    (void)moat_stats_get(&stats);
    bench_print_mean("metadata_percent", (uint64_t)(BENCH_ARENA_BYTES - stats.arena_bytes) * 100, BENCH_ARENA_BYTES);
}
