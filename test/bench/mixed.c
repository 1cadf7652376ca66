/* moat: sizes from 8 to 255 bytes, as many of each octave: mixed50 and mixed_raise.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "probe.h"
#include "series.h"
#include "slots.h"
#include "workload.h"

#include <moat.h>

#define SIZES 1024
#define REPLACEMENTS 20000
#define WARM_UP 2000
#define LIVE_BYTES (BENCH_ARENA_BYTES / 2)

#define RAISE_STEPS 200 /* to the whole arena */
#define RAISE_REPLACEMENTS 500
#define RAISE_SLOTS 1024

static uint16_t sizes[SIZES];
static uint16_t size_of[RAISE_SLOTS]; /* of the object in a slot */
static uint32_t live_bytes;

/* sizes[i] = floor(8 * 32^((i + 0.5) / 1024)) */
static void make_sizes(void) {
    const double growth = 1.0033902416308227; /* 32^(1 / 1024) */
    double size = 8.013549492227066;          /* 8 * 32^(0.5 / 1024) */
    for (uint32_t i = 0; i < SIZES; i++) {
        sizes[i] = (uint16_t)size;
        size *= growth;
    }
}

static uint16_t random_size(void) {
    return sizes[bench_random() & (SIZES - 1)];
}

/* How many objects make up the live bytes: found by a look ahead at the random numbers. */
static uint32_t count_objects(uint32_t bytes) {
    uint32_t state = bench_random_state;
    uint32_t count = 0;
    for (uint32_t sum = 0; sum < bytes; sum += random_size()) {
        count++;
    }
    bench_random_state = state;
    return count;
}

static bool try_make(uint32_t slot) {
    uint16_t size = random_size();
    if (!bench_try_make(slot, size)) {
        return false;
    }
    size_of[slot] = size;
    live_bytes += size;
    return true;
}

static void drop(uint32_t slot) {
    bench_drop(slot);
    live_bytes -= size_of[slot];
    size_of[slot] = 0;
}

static void replace(uint32_t count, uint32_t live) {
    while (count-- != 0) {
        uint32_t slot = bench_random_below(live);
        bench_drop(slot);
        bench_make(slot, random_size());
    }
}

/* For the probe: nothing between the allocations that a firmware would not do. */
static void replace_untimed(uint32_t count, uint32_t live) {
    bench_probe_restart();
    while (count-- != 0) {
        void **slot = &bench_slots[bench_random_below(live)];
        MOAT_CLEAR(*slot);
        MOAT_STORE(*slot, moat_new_bytes(random_size()));
    }
    bench_probe_print_utilisation();
}

void bench_mixed50(const char *none) {
    (void)none;
    make_sizes();
    uint32_t live = count_objects(LIVE_BYTES);
    bench_slots_use(live);
    for (uint32_t i = 0; i < live; i++) {
        bench_make(i, random_size());
    }
    bench_series_restart();
    replace(WARM_UP, live);
    bench_series_restart();
    if (bench_probe_present()) {
        replace_untimed(REPLACEMENTS, live);
        return;
    }
    replace(REPLACEMENTS, live);
    bench_series_print();
}

/* False once an allocation has failed. */
static bool raise_to(uint32_t target, uint32_t *live) {
    while (live_bytes < target) {
        if (*live == RAISE_SLOTS) {
            bench_fail("more objects than slots");
        }
        if (!try_make(*live)) {
            return false;
        }
        ++*live;
    }
    for (uint32_t i = 0; i < RAISE_REPLACEMENTS; i++) {
        uint32_t slot = bench_random_below(*live);
        drop(slot);
        if (!try_make(slot)) {
            return false;
        }
    }
    bench_series_restart();
    return true;
}

void bench_mixed_raise(const char *none) {
    (void)none;
    if (!bench_managed && bench_allocator->free == NULL) {
        bench_skip("needs free");
    }
    make_sizes();
    bench_slots_use(RAISE_SLOTS);
    uint32_t live = 0;
    uint32_t step = RAISE_STEPS / 2;
    while (raise_to(BENCH_ARENA_BYTES / RAISE_STEPS * step, &live)) {
        step++;
    }
    bench_print_mean("live_percent", (uint64_t)live_bytes * 100, BENCH_ARENA_BYTES);
}
