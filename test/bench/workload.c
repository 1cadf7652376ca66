/* moat: the table of workloads. See workload.h.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

const struct bench_workload bench_workloads[] = {
    {"replace", bench_replace, NULL},
    {"scatter", bench_scatter, NULL},
    {"mixed50", bench_mixed50, NULL},
    {"mixed_raise", bench_mixed_raise, NULL},
    {"trees_keep", bench_trees, NULL},
    {"trees_stale", bench_trees_stale, NULL},
    {"firmware", bench_firmware, bench_long_lived_arena},
    {"burst", bench_burst, bench_long_lived_arena},
    {"wide_mix", bench_wide_mix, bench_wide_mix_arena},
    {"every_second", bench_every_second, NULL},
    {"slices", bench_slices, bench_slices_arena},
    {"checkerboard", bench_checkerboard, NULL},
    {"store_idle", bench_store_idle, NULL},
    {"store_marking", bench_store_marking, NULL},
    {"store_full", bench_store_full, NULL},
    {"swap4096", bench_swap, NULL},
    {"rotate1000", bench_rotate, NULL},
    {"reverse1000", bench_reverse, NULL},
    {"guard", bench_guard, NULL},
    {"stack", bench_stack, NULL},
    {"memory", bench_memory, NULL},
    {NULL, NULL, NULL},
};

uint32_t bench_number(const char *text) {
    uint32_t value = 0;
    while (*text != '\0' && (*text < '0' || *text > '9')) {
        text++;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint32_t)(*text - '0');
    }
    return value;
}
