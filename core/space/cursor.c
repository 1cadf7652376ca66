/* moat: the cursor. See cursor.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/cursor.h"

#include "space/bins.h"
#include "fault/assert.h"
#include "base/bits.h"
#include "base/clear.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"
#include "space/sweep.h"

/* The largest rest of a chunk that is not filed as a hole: it becomes an object that nothing refers to. */
#define FILL_GRANULES 4u

/* Sets the mark bits of granules [first, last), which lie within two words. first < last. */
static void set_rest(struct moat_bits *bits, uint32_t first, uint32_t last) {
    uint32_t from = UINT32_MAX << (first & 31u), to = UINT32_MAX >> (31u - ((last - 1) & 31u));
    bits += first >> 5;
    if ((first ^ (last - 1)) < 32u) {
        bits->mark |= from & to;
    } else {
        bits[0].mark |= from;
        bits[1].mark |= to;
    }
}

static void set_start(struct moat_arena *arena, uint32_t granule, bool black) {
    struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = moat_bit(granule);
    bits->start |= bit;
    bits->mark = black ? bits->mark & ~bit : bits->mark | bit;
}

/* The first boundary of bitmap words at or behind an address. */
static uintptr_t word_end(uintptr_t at) {
    return ((at - MOAT_WORD_BYTES + MOAT_WORD_SPAN - 1) & ~(uintptr_t)(MOAT_WORD_SPAN - 1)) + MOAT_WORD_BYTES;
}

/* Claims the hole up to `next`, and, but for black objects, to the end of the bitmap word that is in. */
static void extend_chunk(uintptr_t next) {
    struct moat_arena *arena = moat_heap.cursor.arena;
    uintptr_t limit = next;
    if (!moat_heap.cursor.born_black) {
        limit = word_end(next);
        limit = limit < moat_heap.cursor.hole_end ? limit : moat_heap.cursor.hole_end;
    }
    uint32_t first = moat_granule_of(arena, moat_heap.cursor.limit), last = moat_granule_of(arena, limit);
    moat_clear_words(moat_heap.cursor.limit, limit);
    set_rest(arena->bits, first, last);
    moat_heap.free_granules -= last - first;
    moat_heap.pace.allocated += last - first;
    moat_heap.cursor.limit = limit;
    moat_heap.cursor.chunk = &arena->bits[(last - 1) >> 5].start;
}

/* The front of a filed hole; what is left of it is filed again. */
static uintptr_t cut_filed(struct moat_hole *hole, uint32_t granules) {
    uintptr_t at = (uintptr_t)hole;
    uint32_t size = (uint32_t)hole->granules, left = size - granules;
    MOAT_ASSERT(size >= granules);
    moat_bins_remove(hole);
    if (left >= MOAT_HOLE_GRANULES) {
        moat_bins_put(at + moat_bytes(granules), left);
        size = granules;
    }
    moat_heap.free_granules -= size;
    return at;
}

/* Sets a new object's bits within its first word. */
static void claim_front(uintptr_t at, uint32_t granules) {
    struct moat_arena *arena = moat_arena_of(at);
    uint32_t first = moat_granule_of(arena, at), end = (first | 31u) + 1;
    uint32_t last = first + granules;
    set_rest(arena->bits, first, last < end ? last : end);
    set_start(arena, first, moat_born_black(arena, first));
    moat_heap.pace.allocated += granules;
}

uintptr_t moat_cursor_take(uint32_t granules, moat_word header) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules >= 1 && granules <= MOAT_SMALL_GRANULES);
    MOAT_ASSERT(moat_header_known(header));
    uintptr_t at = moat_heap.cursor.at, next = at + moat_bytes(granules);
    if (moat_heap.cursor.hole_end - at < moat_bytes(granules)) {
        return 0;
    }
    if (next > moat_heap.cursor.limit) {
        extend_chunk(next);
    }
    struct moat_arena *arena = moat_heap.cursor.arena;
    set_start(arena, moat_granule_of(arena, at), moat_heap.cursor.born_black);
    *moat_header_at(at) = header;
    moat_heap.cursor.at = next;
    return at;
}

/* A little at the end of a chunk is left as an object that dies at once, more is given back. */
static void leave_hole(void) {
    uintptr_t at = moat_heap.cursor.at, left = moat_heap.cursor.hole_end - at;
    if (left > moat_bytes(FILL_GRANULES) || moat_heap.cursor.limit != moat_heap.cursor.hole_end) {
        moat_cursor_release();
    } else if (left != 0) {
        *moat_heap.cursor.chunk |= moat_bit(moat_granules(at));
        *moat_header_at(at) = moat_bytes_header();
        moat_heap.cursor.at = moat_heap.cursor.hole_end;
    }
}

/* An allocation sweeps a part of a slice for a hole: it gives back what is left of the last under the same mask. */
#define SWEEP_UNITS (MOAT_CONFIG_SLICE_UNITS / 4 + 1)

/* With so many of the largest in the cursor's hole, other holes do not matter. */
#define BY_FAR 8u

/* A cycle is due, too, when no hole is left for the largest that was asked for since the last began. */
static void look_for_largest(void) {
    bool plenty = moat_heap.cursor.hole_end - moat_heap.cursor.at > moat_bytes(BY_FAR * moat_heap.pace.largest_request);
    bool last = moat_heap.cycle.phase != MOAT_PHASE_MARK && moat_heap.sweep.arena == NULL && !plenty;
    if (last && moat_bins_find(moat_heap.pace.largest_request) == NULL) {
        moat_heap.cycle.requested = true;
        moat_heap.pace.threshold = UINT32_MAX;
    }
}

static void note_size(uint32_t granules) {
    moat_heap.pace.largest_request =
        granules > moat_heap.pace.largest_request ? granules : moat_heap.pace.largest_request;
}

static bool own_filed(uint32_t granules) {
    struct moat_hole *hole = moat_bins_find(granules);
    if (hole == NULL) {
        return false;
    }
    moat_bins_remove(hole);
    struct moat_arena *arena = moat_arena_of((uintptr_t)hole);
    bool black = moat_born_black(arena, moat_granule_of(arena, (uintptr_t)hole));
    moat_cursor_own(arena, (uintptr_t)hole, (uint32_t)hole->granules, false, black);
    look_for_largest();
    return true;
}

/* While the sweep has found enough for the next marking, its holes need not be filed: the cursor takes them as they are
 * found. Else it takes a filed one, if one fits. */
bool moat_cursor_refill(uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules >= 1 && granules <= MOAT_SMALL_GRANULES);
    note_size(granules);
    leave_hole();
    if (moat_heap.sweep.arena == NULL || moat_heap.front.claiming) {
        return own_filed(granules);
    }
    bool enough = moat_heap.free_granules >= moat_heap.pace.reserve;
    return (enough && moat_sweep_some(SWEEP_UNITS, granules)) || own_filed(granules) ||
           (!enough && moat_sweep_some(SWEEP_UNITS, granules));
}

/* Extends a hole that was cut out of the sweep's open run to the right, over the rest of that run: the open run, even
 * an empty one, since the sweep may free what comes next; a filed hole; or one granule. On its left is an object
 * (docs/design.md, "Holes"). Returns the end, or 0 if the sweep goes on from it. */
static uintptr_t join_right(const struct moat_arena *arena, uintptr_t start, uintptr_t end) {
    if (moat_heap.sweep.arena == arena && moat_sweep_joins(end)) {
        moat_heap.free_granules -= moat_granules(end - start);
        moat_heap.sweep.run_start = start;
        return 0;
    }
    uint32_t next = moat_granule_of(arena, end);
    const struct moat_bits *bits = &arena->bits[next >> 5];
    if (((bits->start | bits->mark) & moat_bit(next)) != 0) {
        return end;
    }
    next++;
    bits = &arena->bits[next >> 5];
    if (((bits->start | bits->mark) & moat_bit(next)) == 0 && !moat_is_covered(bits)) {
        struct moat_hole *hole = (struct moat_hole *)end;
        moat_bins_remove(hole);
        return end + moat_bytes((uint32_t)hole->granules);
    }
    moat_heap.free_granules++;
    return end + moat_bytes(1);
}

static void give_back(const struct moat_arena *arena, uintptr_t start, uintptr_t end) {
    if (moat_heap.cursor.may_join) {
        end = join_right(arena, start, end);
        if (end == 0) {
            return;
        }
    }
    uint32_t granules = moat_granules(end - start);
    if (granules >= MOAT_HOLE_GRANULES) {
        moat_bins_put(start, granules);
    } else {
        moat_heap.free_granules -= granules;
    }
}

/* Unmarks the chunk, which lies in one bitmap word. */
static void unclaim_chunk(void) {
    const struct moat_arena *arena = moat_heap.cursor.arena;
    uint32_t claimed = moat_granules(moat_heap.cursor.limit - moat_heap.cursor.at);
    if (claimed != 0) {
        uint32_t first = moat_granule_of(arena, moat_heap.cursor.at) & 31u;
        arena->bits[moat_granule_of(arena, moat_heap.cursor.at) >> 5].mark &= ~moat_bit_range(first, first + claimed);
        moat_heap.free_granules += claimed;
        moat_heap.pace.allocated -= claimed < moat_heap.pace.allocated ? claimed : moat_heap.pace.allocated;
        moat_heap.cursor.limit = moat_heap.cursor.at;
    }
}

void moat_cursor_release(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cursor.at <= moat_heap.cursor.limit && moat_heap.cursor.limit <= moat_heap.cursor.hole_end);
    uintptr_t start = moat_heap.cursor.at, end = moat_heap.cursor.hole_end;
    if (start == end) {
        return;
    }
    unclaim_chunk();
    moat_heap.cursor.at = 0;
    moat_heap.cursor.limit = 0;
    moat_heap.cursor.hole_end = 0;
    give_back(moat_heap.cursor.arena, start, end);
}

void moat_cursor_blacken(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    unclaim_chunk();
    moat_heap.cursor.born_black = true;
}

/* The front of the sweep's open run, or of a filed hole. */
static uintptr_t cut_hole(uint32_t granules) {
    uintptr_t at = moat_sweep_cut(granules);
    struct moat_hole *hole = at == 0 ? moat_bins_find(granules) : NULL;
    return hole != NULL ? cut_filed(hole, granules) : at;
}

uintptr_t moat_cursor_cut(uint32_t granules) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(granules > MOAT_SMALL_GRANULES);
    note_size(granules);
    uintptr_t at = cut_hole(granules);
    if (at == 0) {
        moat_cursor_release();
        at = cut_hole(granules);
    }
    if (at != 0) {
        claim_front(at, granules);
        *moat_header_at(at) = moat_bytes_header();
    }
    return at;
}

bool moat_cursor_is_unswept(uintptr_t at) {
    const struct moat_arena *arena = moat_arena_of(at);
    return moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, moat_granule_of(arena, at) >> 5);
}

void moat_cursor_cover(uintptr_t at, uint32_t granules) {
    struct moat_arena *arena = moat_arena_of(at);
    uint32_t first = moat_granule_of(arena, at), last = first + granules;
    uint32_t low = first >> 5, high = last >> 5;
    MOAT_ASSERT(moat_is_object_granule(arena, first) && last < arena->granules);
    for (uint32_t word = low + 1; word < high; word++) {
        moat_cover(&arena->bits[word], word - low, high - word);
    }
    if (low != high) {
        moat_port_mask_t masked = moat_port_mask();
        arena->bits[high].mark |= moat_bit_range(0, last & 31u);
        moat_port_unmask(masked);
    }
}
