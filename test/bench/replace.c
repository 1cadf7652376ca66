/* moat: one size: replace_S and scatter_S.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "slots.h"
#include "workload.h"

#define REPLACEMENTS 20000
#define TOGGLES 40000
#define WARM_UP 2000

/* Fills to the first failure. Returns how many objects there are. */
static uint32_t fill(size_t bytes) {
    bench_slots_use(BENCH_SLOTS_MAX);
    uint32_t count = 0;
    while (count < BENCH_SLOTS_MAX && bench_try_make(count, bytes)) {
        count++;
    }
    bench_print("capacity", count);
    return count;
}

static void replace(uint32_t count, uint32_t live, size_t bytes) {
    while (count-- != 0) {
        uint32_t slot = bench_random_below(live);
        bench_drop(slot);
        bench_make(slot, bytes);
    }
}

void bench_replace(const char *size) {
    size_t bytes = bench_number(size);
    uint32_t live = fill(bytes) / 2;
    bench_slots_use(live);
    bench_series_restart();
    replace(WARM_UP, live, bytes);
    bench_series_restart();
    replace(REPLACEMENTS, live, bytes);
    bench_series_print();
}

static void drop_half(uint32_t count) {
    for (uint32_t left = count / 2; left != 0;) {
        uint32_t slot = bench_random_below(count);
        if (bench_slots[slot] != NULL) {
            bench_drop(slot);
            left--;
        }
    }
}

static void toggle(uint32_t count, uint32_t slots, size_t bytes) {
    while (count-- != 0) {
        uint32_t slot = bench_random_below(slots);
        if (bench_slots[slot] != NULL) {
            bench_drop(slot);
        } else {
            bench_make(slot, bytes);
        }
    }
}

void bench_scatter(const char *size) {
    size_t bytes = bench_number(size);
    uint32_t slots = fill(bytes);
    bench_slots_use(slots);
    drop_half(slots);
    bench_series_restart();
    toggle(WARM_UP, slots, bytes);
    bench_series_restart();
    toggle(TOGGLES, slots, bytes);
    bench_series_print();
}
