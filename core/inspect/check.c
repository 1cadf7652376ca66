/* moat: the walker. See moat.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/check.h"

#include "base/clear.h"
#include "mark/finalize.h"
#include "mark/stray.h"
#include "mark/weak.h"
#include "space/granule.h"
#include "space/holes.h"
#include "base/port.h"

/* Where weak references are made. */
#pragma weak moat_weak_refs
#pragma weak moat_weak_type

/* INV-5, INV-6: a list holds holes of its size, and a list that holds something is in the map. Adds up what it holds.
 */
static bool check_list_of_holes(const struct moat_lists *lists, uint32_t list, struct moat_check_sums *sums,
                                struct moat_heap_error *error) {
    struct moat_hole *hole = lists->holes[list];
    if (hole != NULL && (lists->map >> list & 1u) == 0) {
        return moat_check_fail(error, 6, (uintptr_t)hole, "a list of holes that holds something is not in the map");
    }
    for (; hole != NULL; hole = hole->next) {
        uintptr_t at = (uintptr_t)hole;
        struct moat_arena *arena = moat_arena_of(at);
        if (arena == NULL || !moat_in_header(at) || at % MOAT_WORD_BYTES != 0) {
            return moat_check_fail(error, 5, at, "a list of holes leads to what is no granule");
        }
        uint32_t first = moat_granule_of(arena, at);
        if (!moat_is_start(arena, first) || !moat_is_white(arena, first) || !moat_is_hole(hole->header)) {
            return moat_check_fail(error, 5, at, "a list of holes holds something else: a hole was written to");
        }
        uint32_t granules = moat_object_end(arena, first) - first;
        bool in_place =
            list == moat_holes_list(granules) && (granules <= MOAT_EXACT_HOLES || hole->granules == granules);
        if (!in_place) {
            return moat_check_fail(error, 5, at, "a hole is filed under another size");
        }
        if (sums->listed_holes++ > sums->holes) {
            return moat_check_fail(error, 6, at, "a list of holes runs in a circle");
        }
        sums->listed += granules;
    }
    return true;
}

/* INV-5, INV-6: in IDLE all holes are in the lists, in MARK in those aside, and otherwise the lists are empty. */
static bool check_holes(struct moat_check_sums *sums, struct moat_heap_error *error) {
    for (uint32_t list = 0; list < MOAT_LISTS; list++) {
        bool wrong = (moat_heap.lists.holes[list] != NULL && moat_heap.cycle.phase != MOAT_PHASE_IDLE) ||
                     (moat_heap.aside.holes[list] != NULL && moat_heap.cycle.phase != MOAT_PHASE_MARK);
        if (wrong) {
            return moat_check_fail(error, 6, 0, "lists of holes are not empty in a phase where they must be");
        }
        if (!check_list_of_holes(&moat_heap.lists, list, sums, error) ||
            !check_list_of_holes(&moat_heap.aside, list, sums, error)) {
            return false;
        }
    }
    if (moat_heap.cycle.phase != MOAT_PHASE_SWEEP && sums->listed_holes != sums->holes) {
        return moat_check_fail(error, 6, 0, "a hole is in no list");
    }
#if MOAT_CONFIG_EVENTS > 0
    bool counted = moat_heap.free_granules == sums->free;
#else
    bool counted = true;
#endif
    if (moat_heap.listed != sums->listed || !counted) {
        return moat_check_fail(error, 6, 0, "the counts of free granules are wrong");
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

/* INV-13: the list of weak references holds such, and what they refer to is an object that stays. */
static bool check_weak(struct moat_heap_error *error) {
    uint32_t most = moat_granules(moat_heap.stats.arena_bytes), length = 0;
    const struct moat_weak *weak = &moat_weak_refs == NULL ? NULL : (const struct moat_weak *)moat_weak_refs.first;
    for (; weak != NULL; weak = (const struct moat_weak *)weak->next) {
        struct moat_object found;
        if (length++ > most) {
            return moat_check_fail(error, 13, (uintptr_t)weak, "the list of weak references runs in a circle");
        }
        if (!moat_object_find(weak, &found) || found.start != weak || found.type != &moat_weak_type) {
            return moat_check_fail(error, 13, (uintptr_t)weak, "the list of weak references holds what is none");
        }
        const void *target = (const void *)weak->target;
        if (target != NULL && (!moat_object_find(target, &found) || found.start != target)) {
            return moat_check_fail(error, 13, (uintptr_t)weak, "a weak reference is to what is no object any more");
        }
    }
    return true;
}

/* INV-11: the chunk is zero, inside of what stands before it, and only there in IDLE. */
static bool check_chunk(struct moat_heap_error *error) {
    uintptr_t at = moat_heap.chunk.at, limit = moat_heap.chunk.limit;
    if (at == limit) {
        return true;
    }
    const struct moat_arena *arena = moat_arena_of(at);
    if (arena == NULL || at > limit || arena != moat_arena_of(limit - 1) || arena->bias != moat_heap.chunk.bias ||
        moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        return moat_check_fail(error, 11, at, "the chunk is not one that there may be");
    }
    for (uint32_t granule = moat_granule_of(arena, at); granule < moat_granule_of(arena, limit); granule++) {
        if ((moat_inside(&arena->bits[granule >> 5]) & moat_bit(granule)) == 0) {
            return moat_check_fail(error, 11, at, "the chunk's bits are wrong");
        }
    }
    for (const moat_raw *word = moat_header_at(at); (uintptr_t)word < limit; word++) {
        if (*word != 0) {
            return moat_check_fail(error, 11, (uintptr_t)word, "the chunk was written to");
        }
    }
    return true;
}

/* INV-8: what survives points at what survives. */
static bool check_slots(struct moat_heap_error *error) {
    struct moat_stray stray;
    return !moat_stray_find(&stray) ||
           moat_check_fail(error, 8, (uintptr_t)stray.slot,
                           stray.freed ? "a slot points at freed memory"
                                       : "a slot points at an object that is about to be freed");
}

static bool check_all(struct moat_heap_error *error) {
    struct moat_check_sums sums;
    sums.free = sums.holes = sums.listed_holes = sums.listed = 0; /* no initialiser: that may be a call of memset */
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        if (!moat_check_arena(moat_heap.arenas.table[i], &sums, error)) {
            return false;
        }
    }
    return check_phase(error) && check_chunk(error) && check_holes(&sums, error) && check_slots(error) &&
           check_list(moat_heap.finalizers.finalizable, error) && check_list(moat_heap.finalizers.condemned, error) &&
           check_list(moat_heap.finalizers.doomed, error) && check_weak(error);
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
