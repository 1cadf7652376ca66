/* moat: the walker, one arena's granules. See check.h; invariants by number: docs/design.md.
 *
 * SPDX-License-Identifier: MIT */
#include "space/bins.h"
#include "base/bits.h"
#include "inspect/check.h"
#include "space/granule.h"

static bool in_use(const struct moat_arena *arena, uint32_t granule) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    return moat_is_covered(bits) || ((bits->start | bits->mark) & moat_bit(granule)) != 0;
}

/* INV-1: the fence at the arena's end stands; while marking it is not white. */
static bool check_fence(const struct moat_arena *arena, struct moat_heap_error *error) {
    uint32_t fence = arena->granules - 1;
    bool dead = moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_is_white(arena, fence);
    if (!moat_is_start(arena, fence) || dead) {
        return moat_check_fail(error, 1, moat_granule_address(arena, fence), "an arena's closing fence is damaged");
    }
    return true;
}

/* Whether a covered word agrees with the next about the object that they are in. */
static bool covers(const struct moat_arena *arena, uint32_t word) {
    const struct moat_bits *bits = &arena->bits[word];
    uint32_t back = moat_words_back(bits), ahead = moat_words_ahead(bits);
    if (back == 0 || back > word || ahead == 0 || word + ahead >= moat_arena_words(arena)) {
        return false;
    }
    bool half_swept = moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word + 1 == moat_heap.sweep.word;
    bool goes_on = moat_is_covered(&bits[1]) && !half_swept;
    return goes_on ? ahead > 1 && moat_words_back(&bits[1]) == back + 1 && moat_words_ahead(&bits[1]) == ahead - 1
                   : ahead == 1;
}

/* INV-3: no word is rest throughout without being covered, and covered words lead to both ends of their object. */
static bool check_words(const struct moat_arena *arena, struct moat_heap_error *error) {
    for (uint32_t word = 0; word < moat_arena_words(arena); word++) {
        const struct moat_bits *bits = &arena->bits[word];
        uintptr_t where = moat_granule_address(arena, word << 5);
        bool covered = moat_is_covered(bits);
        if (covered && !covers(arena, word)) {
            return moat_check_fail(error, 3, where, "a covered bitmap word does not lead to its object's ends");
        }
        bool has_chunk = moat_heap.cursor.at != moat_heap.cursor.limit && moat_heap.cursor.at - where < MOAT_WORD_SPAN;
        if (!covered && !has_chunk && (bits->mark & ~bits->start) == UINT32_MAX) {
            return moat_check_fail(error, 3, where, "a bitmap word inside an object is not covered");
        }
    }
    return true;
}

/* INV-4: a header names a type, and the object has the room that the type asks for. */
static bool check_object(const struct moat_arena *arena, uint32_t granule, uint32_t end,
                         struct moat_heap_error *error) {
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

/* The first granule that the sweep has freed and not filed yet, in the words that it has been to. */
static uintptr_t unfiled(void) {
    if (moat_heap.sweep.run_start != 0) {
        return moat_heap.sweep.run_start;
    }
    uint32_t mask = moat_heap.sweep.free_mask;
    return mask == 0 ? moat_heap.sweep.at : moat_heap.sweep.at - moat_bytes(MOAT_WORD_GRANULES - moat_lowest_bit(mask));
}

/* Behind the cursor's hole, if that begins here. */
static uintptr_t skip_cursor(uintptr_t start) {
    return start == moat_heap.cursor.limit && moat_heap.cursor.hole_end != moat_heap.cursor.limit
               ? moat_heap.cursor.hole_end
               : start;
}

/* Where the part of a free run begins that must be filed: behind what the cursor owns, which may lie on either side of
 * where the sweep stands, and what the sweep has not filed. A run that was free before the sweep came to its beginning
 * is the sweep's to its end. */
static uintptr_t filed_part(const struct moat_arena *arena, uintptr_t start, uintptr_t end) {
    start = skip_cursor(start);
    bool swept = moat_heap.sweep.arena == arena;
    if (swept && start >= unfiled() && start <= moat_heap.sweep.at && start < end) {
        bool ends = end <= moat_heap.sweep.at || moat_heap.sweep.was_free;
        start = ends ? end : skip_cursor(moat_heap.sweep.at);
    }
    return start;
}

/* Whether a link of a hole can be followed: free memory may have been written to. */
static bool may_be_hole(uintptr_t at) {
    return moat_arena_of(at) != NULL && moat_in_header(at) && at % MOAT_WORD_BYTES == 0;
}

/* Whether it is in a list: what points at it is the hole before it or its bin. */
static bool is_linked(struct moat_hole *hole) {
    uintptr_t link = (uintptr_t)hole->link;
    bool first = hole->link == &moat_heap.bins.holes[moat_bins_of((uint32_t)hole->granules)];
    if ((!first && !may_be_hole(link)) || *hole->link != hole) {
        return false;
    }
    return hole->next == NULL || (may_be_hole((uintptr_t)hole->next) && hole->next->link == &hole->next);
}

/* INV-5: a free run of two or more granules is filed under its size, or is the sweep's or the cursor's. */
static bool check_run(const struct moat_arena *arena, uint32_t from, uint32_t to, struct moat_check_sums *sums,
                      struct moat_heap_error *error) {
    uintptr_t end = moat_granule_address(arena, to);
    uintptr_t start = filed_part(arena, moat_granule_address(arena, from), end);
    uint32_t granules = start < end ? moat_granules(end - start) : 0;
    if (granules < MOAT_HOLE_GRANULES) {
        return true;
    }
    struct moat_hole *hole = (struct moat_hole *)start;
    if (hole->granules != granules) {
        return moat_check_fail(error, 5, start, "a hole's size is not that of its free run");
    }
    if (!is_linked(hole)) {
        return moat_check_fail(error, 5, start, "a hole is not linked in a bin: free memory was written to");
    }
    sums->holes++;
    sums->hole_granules += granules;
    return true;
}

/* The end of what is in use and no object: those before the arena's first granule, the cursor's chunk, and the rest of
 * the dead object that the sweep has freed the front of; else `granule`. */
static uint32_t skip_no_object(const struct moat_arena *arena, uint32_t granule) {
    uintptr_t at = moat_granule_address(arena, granule);
    if (granule < arena->first) {
        return arena->first;
    }
    if (at == moat_heap.cursor.at && at != moat_heap.cursor.limit) {
        return moat_granule_of(arena, moat_heap.cursor.limit);
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
            continue;
        }
        if (!in_use(arena, granule)) {
            while (!in_use(arena, end)) {
                end++;
            }
            if (!check_run(arena, granule, end, sums, error)) {
                return false;
            }
        } else if (moat_is_start(arena, granule)) {
            end = moat_object_end(arena, granule);
            if (!check_object(arena, granule, end, error)) {
                return false;
            }
        } else {
            return moat_check_fail(error, 2, moat_granule_address(arena, granule), "a granule is rest of no object");
        }
        granule = end;
    }
    return true;
}

/* INV-7: the grey list holds marked objects with slots, each once; empty but while marking. Each arena has a list of
 * its own, so the length is held against this arena's granules. */
static bool check_grey(const struct moat_arena *arena, struct moat_heap_error *error) {
    uint32_t length = 0;
    for (uint32_t granule = arena->grey; granule != MOAT_LINK_NONE; length++) {
        uintptr_t at = moat_granule_address(arena, granule);
        if (granule >= arena->granules - 1 || granule < arena->first || !moat_is_start(arena, granule) ||
            moat_is_white(arena, granule) || !moat_header_has_slots(*moat_header_at(at))) {
            return moat_check_fail(error, 7, at, "the grey list holds something that is not a marked object");
        }
        if (moat_heap.cycle.phase != MOAT_PHASE_MARK || length > arena->granules) {
            return moat_check_fail(error, 7, at, "the grey list is not empty, or runs in a circle");
        }
        granule = (uint32_t)(*moat_header_at(at) >> MOAT_HEADER_TYPE_BITS);
    }
    return true;
}

bool moat_check_arena(struct moat_arena *arena, struct moat_check_sums *sums, struct moat_heap_error *error) {
    return check_fence(arena, error) && check_words(arena, error) && check_granules(arena, sums, error) &&
           check_grey(arena, error);
}
