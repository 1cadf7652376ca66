/* moat: checkerboard_S: fill with S-byte objects, drop every second one of the lower 90 % and all of the top 10 %, then
 * allocate 256 and 1024 bytes.
 *
 * Dropped objects are free memory for malloc, since free has been paid for; moat has yet to find them. Its costs are
 * therefore given twice: at once, and, as *_collected, after moat_gc_collect.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "slots.h"
#include "workload.h"

#include <moat.h>

#define MIDDLE_BYTES 256
#define LARGE_BYTES 1024

static uint16_t by_address[BENCH_SLOTS_MAX]; /* slots */

static bool is_below(uint32_t a, uint32_t b) {
    return (uintptr_t)bench_slots[by_address[a]] < (uintptr_t)bench_slots[by_address[b]];
}

static void exchange(uint32_t a, uint32_t b) {
    uint16_t was = by_address[a];
    by_address[a] = by_address[b];
    by_address[b] = was;
}

static void sink(uint32_t at, uint32_t count) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_below(child, child + 1)) {
            child++;
        }
        if (!is_below(at, child)) {
            return;
        }
        exchange(at, child);
    }
}

static void sort(uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        by_address[i] = (uint16_t)i;
    }
    for (uint32_t i = count / 2; i-- > 0;) {
        sink(i, count);
    }
    for (uint32_t last = count; last-- > 1;) {
        exchange(0, last);
        sink(0, last);
    }
}

struct costs {
    uint32_t middle;
    uint32_t large;
};

static struct costs allocate(uint32_t slot, uint32_t other) {
    struct costs costs;
    bench_series_restart();
    bench_make(slot, MIDDLE_BYTES);
    costs.middle = bench_allocs.max;
    bench_series_restart();
    bench_make(other, LARGE_BYTES);
    costs.large = bench_allocs.max;
    return costs;
}

void bench_checkerboard(const char *size) {
    if (!bench_managed && bench_allocator->free == NULL) {
        bench_skip("needs free");
    }
    size_t bytes = bench_number(size);
    bench_slots_use(BENCH_SLOTS_MAX);
    uint32_t count = 0;
    while (count < BENCH_SLOTS_MAX && bench_try_make(count, bytes)) {
        count++;
    }
    bench_slots_use(count);
    sort(count);
    for (uint32_t i = 0; i < count; i++) {
        if (i % 2 == 0 || i >= count / 10 * 9) {
            bench_drop(by_address[i]);
        }
    }
    struct costs costs = allocate(by_address[0], by_address[count - 1]);
    bench_print("alloc_256", costs.middle);
    bench_print("alloc_1024", costs.large);
    bench_print("alloc_max", costs.middle > costs.large ? costs.middle : costs.large);
    if (bench_managed) {
        bench_drop(by_address[0]);
        bench_drop(by_address[count - 1]);
        (void)moat_gc_collect();
        costs = allocate(by_address[0], by_address[count - 1]);
        bench_print("alloc_256_collected", costs.middle);
        bench_print("alloc_1024_collected", costs.large);
    }
}
