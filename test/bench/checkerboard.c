/* moat: checkerboard_S: fill with S-byte objects, drop every second one of the lower 90 % and all of the top 10 %, then
 * allocate 256 and 1024 bytes.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "slots.h"
#include "workload.h"

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
    bench_series_restart();
    bench_make(by_address[0], MIDDLE_BYTES);
    bench_print("alloc_256", bench_allocs.max);
    uint32_t middle = bench_allocs.max;
    bench_series_restart();
    bench_make(by_address[count - 1], LARGE_BYTES);
    bench_print("alloc_1024", bench_allocs.max);
    bench_print("alloc_max", bench_allocs.max > middle ? bench_allocs.max : middle);
}
