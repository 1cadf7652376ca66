/* moat: the walker, one arena's granules. See check.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "inspect/check.h"
#include "space/granule.h"

static bool in_use(const struct moat_arena *arena, uint32_t granule) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    return ((bits->start | bits->mark) & moat_bit(granule)) != 0;
}

/* INV-1: the fence at the arena's end stands, with the header of a hole; while marking it is not white. */
static bool check_fence(const struct moat_arena *arena, struct moat_heap_error *error) {
    uint32_t fence = arena->granules - 1;
    bool dead = moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_is_white(arena, fence);
    if (!moat_is_start(arena, fence) || !moat_is_hole(*moat_header_at(moat_granule_address(arena, fence))) || dead) {
        return moat_check_fail(error, 1, moat_granule_address(arena, fence), "an arena's closing fence is damaged");
    }
    return true;
}

/* INV-12: a group whose full bit is set has no free granule. */
static bool check_full(const struct moat_arena *arena, struct moat_heap_error *error) {
    for (uint32_t word = 0; word < moat_arena_words(arena); word++) {
        uint32_t group = word / MOAT_GROUP_WORDS;
        bool full = (arena->full[group >> 5] >> (group & 31u) & 1u) != 0;
        const struct moat_bits *bits = &arena->bits[word];
        if (full && (bits->start | bits->mark) != UINT32_MAX) {
            return moat_check_fail(error, 12, moat_granule_address(arena, word << 5),
                                   "a group of bitmap words is said to be full and is not");
        }
    }
    return true;
}

/* INV-3: the back bytes lead from each word that the object fills, and goes on behind, to its first. */
static bool check_back(const struct moat_arena *arena, uint32_t granule, uint32_t end, struct moat_heap_error *error) {
    for (uint32_t word = (granule >> 5) + 1; word + 1 < (end + 31) >> 5; word++) {
        if (arena->back[word] == 0 || arena->back[word] > word - (granule >> 5)) {
            return moat_check_fail(error, 3, moat_granule_address(arena, word << 5),
                                   "a back byte does not lead to its object's start");
        }
    }
    return true;
}

/* INV-4: a header names a type, and an object has the room that the type asks for, one of fixed size no more; or it is
 * a hole's. */
static bool check_object(const struct moat_arena *arena, uint32_t granule, uint32_t end,
                         struct moat_heap_error *error) {
    uintptr_t at = moat_granule_address(arena, granule);
    moat_word header = *moat_header_at(at);
    if (moat_is_hole(header)) {
        return true;
    }
    const struct moat_type *type = moat_header_type(header);
    if (!moat_type_known(type)) {
        return moat_check_fail(error, 4, at, "a header names no type: something wrote over it");
    }
    bool fixed = (header & MOAT_HEADER_ARRAY) == 0 && type->flexible == 0;
    uint32_t least = (header & MOAT_HEADER_ARRAY) != 0 ? 1 : moat_type_granules(type);
    if (end - granule < least) {
        return moat_check_fail(error, 4, at, "an object is shorter than its type");
    }
    if (fixed && end - granule != least) {
        return moat_check_fail(error, 4, at, "an object is longer than its type");
    }
    return true;
}

/* INV-5: in IDLE the search has passed no free granule. */
static bool check_free(const struct moat_arena *arena, uint32_t granule, struct moat_heap_error *error) {
    const struct moat_search *search = &moat_heap.search;
    uint32_t word = granule >> 5, reached = (uint32_t)(search->place.word - search->arena->bits);
    bool ahead = arena->order > search->arena->order || (arena == search->arena && word >= reached);
    bool left = arena == search->arena && word + 1 == reached && (search->place.mask & moat_bit(granule)) != 0;
    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE && !ahead && !left) {
        return moat_check_fail(error, 5, moat_granule_address(arena, granule),
                               "free memory that the search has passed");
    }
    return true;
}

/* The end of what is in use and no object: those before the arena's first granule, the chunk, and the rest of the dead
 * object that the sweep has freed the front of; else `granule`. */
static uint32_t skip_no_object(const struct moat_arena *arena, uint32_t granule) {
    uintptr_t at = moat_granule_address(arena, granule);
    if (granule < arena->first) {
        return arena->first;
    }
    if (at == moat_heap.chunk.at && at != moat_heap.chunk.limit) {
        return moat_granule_of(arena, moat_heap.chunk.limit);
    }
    bool half = moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && granule == moat_heap.sweep.word << 5;
    while (half && in_use(arena, granule) && !moat_is_start(arena, granule)) {
        granule++;
    }
    return granule;
}

/* INV-2: granules are free, starts, or the rest of what starts before them. */
static bool check_granules(const struct moat_arena *arena, struct moat_check_sums *sums,
                           struct moat_heap_error *error) {
    uint32_t granule = 0, fence = arena->granules - 1;
    while (granule < fence) {
        uint32_t end = skip_no_object(arena, granule);
        if (end != granule) {
            granule = end;
        } else if (!in_use(arena, granule)) {
            if (!check_free(arena, granule, error)) {
                return false;
            }
            sums->free++;
            granule++;
        } else if (moat_is_start(arena, granule)) {
            end = moat_object_end(arena, granule);
            if (!check_object(arena, granule, end, error) || !check_back(arena, granule, end, error)) {
                return false;
            }
            sums->holes += moat_is_hole(*moat_header_at(moat_granule_address(arena, granule))) ? 1 : 0;
            granule = end;
        } else {
            return moat_check_fail(error, 2, moat_granule_address(arena, granule), "a granule is rest of no object");
        }
    }
    return true;
}

/* INV-7: the grey list holds marked objects with slots, each once; empty but while marking. Each arena has a list of
 * its own, so the length is held against this arena's granules. */
static bool check_grey(const struct moat_arena *arena, struct moat_heap_error *error) {
    uint32_t length = 0;
    for (uint32_t granule = arena->grey; granule != moat_grey_end(arena); length++) {
        uintptr_t at = moat_granule_address(arena, granule);
        if (!moat_is_object_granule(arena, granule) || !moat_is_start(arena, granule) ||
            moat_is_white(arena, granule) || !moat_header_has_slots(*moat_header_at(at))) {
            return moat_check_fail(error, 7, at, "the grey list holds something that is not a marked object");
        }
        if (moat_heap.cycle.phase != MOAT_PHASE_MARK || length > arena->granules) {
            return moat_check_fail(error, 7, at, "the grey list is not empty, or runs in a circle");
        }
        granule = moat_header_link(*moat_header_at(at));
    }
    return true;
}

bool moat_check_arena(struct moat_arena *arena, struct moat_check_sums *sums, struct moat_heap_error *error) {
    return check_fence(arena, error) && check_full(arena, error) && check_granules(arena, sums, error) &&
           check_grey(arena, error);
}
