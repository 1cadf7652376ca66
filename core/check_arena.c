/* moat: the walker, one arena's granules. See check.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "bins.h"
#include "bits.h"
#include "check.h"
#include "cover.h"
#include "granule.h"

static bool in_use(const struct moat_arena *arena, uint32_t granule) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    return ((bits->start | bits->mark) & moat_bit(granule)) != 0 || moat_cover_test(arena, granule >> 5);
}

/* INV-1: the fence at the arena's end stands and is live. */
static bool check_fence(const struct moat_arena *arena, struct moat_heap_error *error) {
    uint32_t fence = arena->granules - 1;
    if (!moat_is_start(arena, fence) || moat_is_white(arena, fence)) {
        return moat_check_fail(error, 1, moat_granule_address(arena, fence), "an arena's closing fence is damaged");
    }
    return true;
}

/* INV-3: a covered word has no bits of its own, and no word is rest throughout without being covered. */
static bool check_words(const struct moat_arena *arena, struct moat_heap_error *error) {
    for (uint32_t word = 0; word < (arena->granules + 31) >> 5; word++) {
        const struct moat_bits *bits = &arena->bits[word];
        uintptr_t where = moat_granule_address(arena, word << 5);
        bool covered = moat_cover_test(arena, word);
        if (covered && (bits->start | bits->mark) != 0) {
            return moat_check_fail(error, 3, where, "a covered bitmap word has bits of its own");
        }
        if (!covered && (bits->mark & ~bits->start) == UINT32_MAX) {
            return moat_check_fail(error, 3, where, "a bitmap word inside an object is not covered");
        }
    }
    return true;
}

/* INV-4: a header names a type, and the object has the room that the type asks for. */
static bool check_object(const struct moat_arena *arena, uint32_t granule, uint32_t end, struct moat_heap_error *error) {
    uintptr_t at = moat_granule_address(arena, granule);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    if (!moat_type_known(type)) {
        return moat_check_fail(error, 4, at, "a header names no type: something wrote over it");
    }
    uint32_t least = (header & MOAT_HEADER_ARRAY) != 0 ? 1 : moat_type_granules(type);
    if (end - granule < least) {
        return moat_check_fail(error, 4, at, "an object is shorter than its type");
    }
    return true;
}

/* Where the part of a free run begins that must be filed: behind what the cursor owns and what the sweep has pending. What
 * was free before the sweep came to its beginning is the sweep's to its end. */
static uintptr_t filed_part(uintptr_t start, uintptr_t end) {
    if (moat_heap.hole_end != moat_heap.limit && start == moat_heap.limit) {
        start = moat_heap.hole_end;
    }
    if (moat_heap.pending != 0 && start == moat_heap.pending) {
        start = moat_heap.sweep_free ? end : moat_heap.pending_end;
    }
    return start;
}

/* Whether a link of a hole can be followed: free memory may have been written to. */
static bool may_be_hole(const struct moat_hole *hole) {
    uintptr_t at = (uintptr_t)hole;
    const struct moat_arena *arena = moat_arena_of(at);
    return arena != NULL && (at - arena->base) % MOAT_GRANULE == 0;
}

/* INV-5: a free run of two or more granules is filed under its size, or is the sweep's or the cursor's. */
static bool check_run(const struct moat_arena *arena, uint32_t from, uint32_t to, struct moat_check_sums *sums,
                      struct moat_heap_error *error) {
    uintptr_t end = moat_granule_address(arena, to);
    uintptr_t start = filed_part(moat_granule_address(arena, from), end);
    uint32_t granules = start < end ? moat_granules(end - start) : 0;
    if (granules < MOAT_HOLE_GRANULES) {
        return true;
    }
    const struct moat_hole *hole = (const struct moat_hole *)start;
    if (hole->granules != granules) {
        return moat_check_fail(error, 5, start, "a hole's size is not that of its free run");
    }
    if (!may_be_hole(hole->next) || !may_be_hole(hole->prev) || hole->next->prev != hole || hole->prev->next != hole) {
        return moat_check_fail(error, 5, start, "a hole is not linked in a bin: free memory was written to");
    }
    sums->holes++;
    sums->hole_granules += granules;
    return true;
}

/* The end of a dead object that the sweep has freed the front of and will come to next, else `granule`. */
static uint32_t skip_half_swept(const struct moat_arena *arena, uint32_t granule) {
    bool here = moat_heap.phase == MOAT_PHASE_SWEEP && moat_heap.sweep_carry != 0 &&
                moat_heap.sweep_arena < moat_heap.arena_count && moat_heap.arenas[moat_heap.sweep_arena] == arena &&
                granule == moat_heap.sweep_word << 5;
    while (here && in_use(arena, granule) && !moat_is_start(arena, granule)) {
        granule++;
    }
    return granule;
}

/* INV-2: granules are free, starts, or the rest of what starts before them. */
static bool check_granules(const struct moat_arena *arena, struct moat_check_sums *sums,
                           struct moat_heap_error *error) {
    uint32_t granule = 0;
    while (granule < arena->granules) {
        uint32_t end = granule;
        if (moat_is_start(arena, granule)) {
            bool fence = granule == arena->granules - 1 || moat_granule_address(arena, granule) == moat_heap.cursor;
            end = granule == arena->granules - 1 ? arena->granules : moat_object_end(arena, granule);
            if (!fence && !check_object(arena, granule, end, error)) {
                return false;
            }
        } else if (skip_half_swept(arena, granule) != granule) {
            end = skip_half_swept(arena, granule);
        } else if (in_use(arena, granule)) {
            return moat_check_fail(error, 2, moat_granule_address(arena, granule), "a granule is rest of no object");
        } else {
            while (!in_use(arena, end)) {
                end++;
            }
            if (!check_run(arena, granule, end, sums, error)) {
                return false;
            }
        }
        granule = end;
    }
    return true;
}

/* INV-7: the grey list holds marked objects with slots, each once; empty but while marking. */
static bool check_grey(const struct moat_arena *arena, struct moat_check_sums *sums, struct moat_heap_error *error) {
    for (uint32_t granule = arena->grey; granule != MOAT_LINK_NONE;) {
        uintptr_t at = moat_granule_address(arena, granule);
        if (granule >= arena->granules || !moat_is_start(arena, granule) || moat_is_white(arena, granule)) {
            return moat_check_fail(error, 7, at, "the grey list holds something that is not a marked object");
        }
        if (moat_heap.phase != MOAT_PHASE_MARK || sums->grey > arena->granules) {
            return moat_check_fail(error, 7, at, "the grey list is not empty, or runs in a circle");
        }
        sums->grey++;
        granule = (uint32_t)(*moat_header_at(at) >> MOAT_HEADER_TYPE_BITS);
    }
    return true;
}

bool moat_check_arena(struct moat_arena *arena, struct moat_check_sums *sums, struct moat_heap_error *error) {
    return check_fence(arena, error) && check_words(arena, error) && check_granules(arena, sums, error) &&
           check_grey(arena, sums, error);
}
