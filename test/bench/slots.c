/* moat: the array that a workload's objects hang from. See slots.h.
 *
 * SPDX-License-Identifier: MIT */
#include "slots.h"

#include "bench.h"
#include "series.h"

#include <moat.h>

void *bench_slots[BENCH_SLOTS_MAX];
static uint32_t rooted;

/* ---- what a call costs ---- */

/* Returns at once: with the call, two instructions. */
#if defined(__riscv)
#define RETURN "ret"
#else
#define RETURN "bx lr"
#endif
#define NOTHING_COST 2
__attribute__((naked, noinline)) static void *nothing(size_t bytes __attribute__((unused))) {
    __asm__(RETURN);
}
__attribute__((naked, noinline)) static void nothing_freed(void *object __attribute__((unused))) {
    __asm__(RETURN);
}

__attribute__((noinline)) static uint32_t time_alloc(void *(*alloc)(size_t), size_t bytes, void **object) {
    uint32_t begin = bench_begin();
    *object = alloc(bytes);
    return bench_end(begin);
}

__attribute__((noinline)) static uint32_t time_free(void (*release)(void *), void *object) {
    uint32_t begin = bench_begin();
    release(object);
    return bench_end(begin);
}

__attribute__((noinline)) static uint32_t time_new(size_t bytes, void **slot) {
    uint32_t begin = bench_begin();
    MOAT_STORE(*slot, moat_new_bytes(bytes));
    return bench_end(begin);
}

__attribute__((noinline)) static uint32_t time_clear(void **slot) {
    uint32_t begin = bench_begin();
    MOAT_CLEAR(*slot);
    return bench_end(begin);
}

/* Instructions that moving arguments and results adds to a measured call, and that the plain store adds to an
 * allocation. */
static uint32_t alloc_overhead, free_overhead;

static void find_overheads(void) {
    void *object;
    alloc_overhead = time_alloc(nothing, 8, &object) - NOTHING_COST;
    free_overhead = time_free(nothing_freed, NULL) - NOTHING_COST;
}

void bench_slots_use(uint32_t count) {
    if (count == 0 || count > BENCH_SLOTS_MAX) {
        bench_fail("the workload needs another number of slots than there are");
    }
    for (uint32_t i = count; i < BENCH_SLOTS_MAX; i++) {
        if (bench_slots[i] != NULL) {
            bench_drop(i);
        }
    }
    find_overheads();
    if (!bench_managed) {
        return;
    }
    if ((rooted != 0 && moat_root_remove(bench_slots) != MOAT_OK) ||
        moat_root_add(bench_slots, NULL, count) != MOAT_OK) {
        bench_fail("moat refused the root array");
    }
    rooted = count;
}

bool bench_try_make(uint32_t slot, size_t bytes) {
    uint32_t cost = bench_managed ? time_new(bytes, &bench_slots[slot])
                                  : time_alloc(bench_allocator->alloc, bytes, &bench_slots[slot]);
    if (bench_slots[slot] == NULL) {
        return false;
    }
    bench_alloc_add(cost - alloc_overhead);
    return true;
}

void bench_make(uint32_t slot, size_t bytes) {
    if (bench_try_make(slot, bytes)) {
        return;
    }
    if (!bench_managed && bench_allocator->free == NULL) {
        bench_allocator->init(bench_arena, BENCH_ARENA_BYTES);
        if (bench_try_make(slot, bytes)) {
            return;
        }
    }
    bench_exhausted("no memory in the middle of the workload");
}

void bench_drop(uint32_t slot) {
    uint32_t cost = 0;
    if (bench_managed) {
        cost = time_clear(&bench_slots[slot]) - free_overhead;
    } else if (bench_allocator->free != NULL) {
        cost = time_free(bench_allocator->free, bench_slots[slot]) - free_overhead;
    }
    bench_slots[slot] = NULL;
    bench_free_add(cost);
}
