/* moat: the walker. See moat.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/check.h"

#include "space/bins.h"
#include "mark/finalize.h"
#include "base/clear.h"
#include "space/granule.h"
#include "base/port.h"

/* INV-6: the bins hold only the free runs, under their sizes, and the count of free granules is theirs and the
 * cursor's. */
static bool check_bins(const struct moat_check_sums *sums, struct moat_heap_error *error) {
    uint32_t holes = 0, granules = 0;
    for (uint32_t bin = 0; bin < MOAT_BINS; bin++) {
        struct moat_hole *hole = moat_heap.bins.holes[bin];
        bool mapped = (moat_heap.bins.map[bin >> 5] >> (bin & 31u) & 1u) != 0;
        if (hole != NULL && !mapped) {
            return moat_check_fail(error, 6, (uintptr_t)hole, "a bin that holds something is not in the map of bins");
        }
        for (; hole != NULL && holes <= sums->holes; hole = hole->next) {
            if (moat_bins_of((uint32_t)hole->granules) != bin) {
                return moat_check_fail(error, 6, (uintptr_t)hole, "a hole is filed under another size");
            }
            holes++;
            granules += (uint32_t)hole->granules;
        }
    }
    uint32_t owned = moat_granules(moat_heap.cursor.hole_end - moat_heap.cursor.limit);
    if (holes != sums->holes || granules != sums->hole_granules || moat_heap.free_granules != granules + owned) {
        return moat_check_fail(error, 6, 0, "the bins do not hold just the free runs");
    }
    return true;
}

/* INV-9: the barrier is on if, and only if, the phase is MARK. */
static bool check_phase(struct moat_heap_error *error) {
    if ((moat_heap.marking != 0) != (moat_heap.cycle.phase == MOAT_PHASE_MARK)) {
        return moat_check_fail(error, 9, 0, "the barrier's flag does not fit the phase");
    }
    return true;
}

/* INV-10: the finalizers' lists hold objects of finalized types. */
static bool check_list(void *object, struct moat_heap_error *error) {
    uint32_t most = moat_granules(moat_heap.stats.arena_bytes);
    for (uint32_t length = 0; object != NULL; length++) {
        struct moat_object found;
        if (length > most) {
            return moat_check_fail(error, 10, (uintptr_t)object, "a finalizers' list runs in a circle");
        }
        if (!moat_object_find(object, &found) || found.start != object || found.type->finalize == NULL) {
            return moat_check_fail(error, 10, (uintptr_t)object, "a finalizers' list holds what has no finalizer");
        }
        object = *moat_finalize_link(object);
    }
    return true;
}

/* INV-11: the cursor's chunk is zero, lies in one bitmap word and is not there while objects are born black. */
static bool check_cursor(struct moat_heap_error *error) {
    if (moat_heap.cursor.at >= moat_heap.cursor.limit) {
        return true;
    }
    const struct moat_arena *arena = moat_heap.cursor.arena;
    uint32_t first = moat_granule_of(arena, moat_heap.cursor.at),
             last = moat_granule_of(arena, moat_heap.cursor.limit - 1);
    if (first >> 5 != last >> 5 || moat_heap.cursor.chunk != &arena->bits[last >> 5].start ||
        moat_born_black(arena, first)) {
        return moat_check_fail(error, 11, moat_heap.cursor.at, "the cursor's chunk is not one that it may have");
    }
    for (const moat_raw *at = moat_header_at(moat_heap.cursor.at); (uintptr_t)at < moat_heap.cursor.limit; at++) {
        if (*at != 0) {
            return moat_check_fail(error, 11, (uintptr_t)at, "memory ahead of the cursor was written to");
        }
    }
    return true;
}

static bool check_all(struct moat_heap_error *error) {
    struct moat_check_sums sums = {0, 0};
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        if (!moat_check_arena(moat_heap.arenas.table[i], &sums, error)) {
            return false;
        }
    }
    return check_bins(&sums, error) && check_phase(error) && check_cursor(error) && moat_check_slots(error) &&
           check_list(moat_heap.finalizers.finalizable, error) && check_list(moat_heap.finalizers.condemned, error) &&
           check_list(moat_heap.finalizers.doomed, error);
}

int moat_heap_check(struct moat_heap_error *out) {
    struct moat_heap_error error = {0, NULL, NULL};
    moat_port_mask_t masked = moat_port_mask();
    bool sound = check_all(&error);
    moat_port_unmask(masked);
    if (!sound && out != NULL) {
        moat_copy_words(out, &error, sizeof error);
    }
    return sound ? MOAT_OK : 1;
}
