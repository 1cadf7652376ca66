/* moat: how much of the memory can be used: wide_mix and every_second.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "slots.h"
#include "workload.h"

#define WIDE_ARENA_BYTES (512 * BENCH_KIB)
#define WIDE_REPLACEMENTS 4 /* for each object more */

static uint16_t size_of[BENCH_SLOTS_MAX]; /* of the object in a slot */

size_t bench_wide_mix_arena(const char *none) {
    (void)none;
    return WIDE_ARENA_BYTES;
}

/* 70 % of 8 to 64 bytes, 25 % up to 512, 5 % up to 4,096. */
static uint16_t random_size(void) {
    uint32_t percent = bench_random_below(100);
    if (percent < 70) {
        return (uint16_t)(8 + bench_random_below(57));
    }
    return (uint16_t)(percent < 95 ? 65 + bench_random_below(448) : 513 + bench_random_below(3584));
}

static bool try_make(uint32_t slot) {
    bench_series_restart();
    size_of[slot] = random_size();
    return bench_try_make(slot, size_of[slot]);
}

static bool try_replace(uint32_t live) {
    uint32_t slot = bench_random_below(live);
    bench_drop(slot);
    return try_make(slot);
}

void bench_wide_mix(const char *none) {
    (void)none;
    if (!bench_managed && bench_allocator->free == NULL) {
        bench_skip("needs free");
    }
    bench_slots_use(BENCH_SLOTS_MAX);
    uint32_t live = 0;
    for (bool fits = true; fits && live < BENCH_SLOTS_MAX;) {
        fits = try_make(live);
        live += fits ? 1 : 0;
        for (uint32_t i = 0; i < WIDE_REPLACEMENTS && fits; i++) {
            fits = try_replace(live);
        }
    }
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < live; i++) {
        bytes += bench_slots[i] == NULL ? 0 : size_of[i];
    }
    bench_print("live_objects", live);
    bench_print_mean("live_percent", (uint64_t)bytes * 100, WIDE_ARENA_BYTES);
}

/* The smallest objects there are: how many of those dropped can be made again. */
void bench_every_second(const char *none) {
    (void)none;
    if (!bench_managed && bench_allocator->free == NULL) {
        bench_skip("needs free");
    }
    bench_slots_use(BENCH_SLOTS_MAX);
    uint32_t count = 0, made = 0;
    while (count < BENCH_SLOTS_MAX && bench_try_make(count, sizeof(void *))) {
        count++;
    }
    bench_series_restart();
    for (uint32_t i = 0; i < count; i += 2) {
        bench_drop(i);
    }
    while (2 * made < count && bench_try_make(2 * made, sizeof(void *))) {
        made++;
    }
    bench_print_mean("usable_percent", (uint64_t)made * 100, (count + 1) / 2);
}
