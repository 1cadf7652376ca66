/* moat: the cursor. See cursor.h.
 *
 * SPDX-License-Identifier: MIT */
#include "cursor.h"

#include "bins.h"
#include "bits.h"
#include "cover.h"
#include "granule.h"
#include "moat.h"

/* Sets or clears the mark bits of [first, last), which lie within two words. */
static void mark_range(struct moat_arena *arena, uint32_t first, uint32_t last, bool set) {
    while (first < last) {
        uint32_t word = first >> 5;
        uint32_t stop = ((word + 1) << 5) < last ? ((word + 1) << 5) : last;
        uint32_t range = moat_bit_range(first & 31u, stop - (word << 5));
        uint32_t *mark = &arena->bits[word].mark;
        *mark = set ? *mark | range : *mark & ~range;
        first = stop;
    }
}

/* Claims more of the hole, up to a chunk's length from the cursor and so that `granules` and a fence fit, and puts up the
 * fence. While marking chunks are short, since work is owed for each. */
static void extend_chunk(uint32_t granules) {
    uint32_t chunk = moat_heap.marking != 0 ? MOAT_MARKING_CHUNK_GRANULES : MOAT_CHUNK_GRANULES;
    uintptr_t most = moat_heap.cursor + moat_bytes(granules < chunk ? chunk : granules + 1);
    uintptr_t limit = most < moat_heap.hole_end ? most : moat_heap.hole_end;
    struct moat_arena *arena = moat_heap.cursor_arena;
    uint32_t first = moat_granule_of(arena, moat_heap.limit), last = moat_granule_of(arena, limit);
    moat_clear_words(moat_heap.limit, limit);
    mark_range(arena, first, last, true);
    moat_heap.free_granules -= last - first;
    moat_heap.since += last - first;
    moat_heap.owed += last - first;
    moat_heap.limit = limit;
    moat_cursor_fence(moat_heap.cursor);
    moat_heap.stats.allocations++;
}

static void own_hole(uintptr_t start, uint32_t granules) {
    moat_heap.cursor = start;
    moat_heap.limit = start;
    moat_heap.hole_end = start + moat_bytes(granules);
    moat_heap.cursor_arena = moat_arena_of(start);
    moat_heap.free_granules += granules;
}

static void no_hole(void) {
    moat_heap.cursor = 0;
    moat_heap.limit = 0;
    moat_heap.hole_end = 0;
}

/* Takes the sweep's pending run if it is large enough, which costs no filing, else a good fit from the bins. */
static bool find_hole(uint32_t granules) {
    uint32_t pending = moat_granules(moat_heap.pending_end - moat_heap.pending);
    if (pending >= granules && pending != 0) {
        own_hole(moat_heap.pending, pending);
        moat_heap.pending = moat_heap.pending_end;
        return true;
    }
    struct moat_hole *hole = moat_bins_find(granules);
    if (hole == NULL) {
        return false;
    }
    uint32_t size = (uint32_t)hole->granules;
    moat_bins_remove(hole);
    own_hole((uintptr_t)hole, size);
    return true;
}

/* Granules of the hole that a request would get, 0 if there is none. */
static uint32_t hole_for(uint32_t granules) {
    uint32_t pending = moat_granules(moat_heap.pending_end - moat_heap.pending);
    if (pending >= granules) {
        return pending;
    }
    const struct moat_hole *hole = moat_bins_find(granules);
    return hole == NULL ? 0 : (uint32_t)hole->granules;
}

/* One object's granules: a start bit, marked rest in the words at both ends, covered words between (INV-3). */
static void claim(struct moat_arena *arena, uint32_t first, uint32_t last) {
    uint32_t low = first >> 5, high = last >> 5;
    arena->bits[low].start |= moat_bit(first);
    uint32_t end_of_low = low == high ? last & 31u : 32;
    arena->bits[low].mark |= moat_bit_range((first & 31u) + 1, end_of_low) | (moat_bit(first) & moat_heap.live);
    if (low != high) {
        if (low + 1 < high) {
            moat_cover_set(arena, low + 1, high);
            arena->covered++;
        }
        arena->bits[high].mark |= moat_bit_range(0, last & 31u);
    }
}

/* The front of the sweep's pending run, or of a filed hole. */
static uintptr_t cut_hole(uint32_t granules) {
    if (moat_granules(moat_heap.pending_end - moat_heap.pending) >= granules) {
        uintptr_t at = moat_heap.pending;
        moat_heap.pending += moat_bytes(granules);
        return at;
    }
    struct moat_hole *hole = moat_bins_find(granules);
    if (hole == NULL) {
        return 0;
    }
    uint32_t left = (uint32_t)hole->granules - granules;
    moat_bins_remove(hole);
    uintptr_t at = (uintptr_t)hole;
    if (left >= MOAT_HOLE_GRANULES) {
        moat_bins_put(at + moat_bytes(granules), left);
    }
    return at;
}

/* An object in a hole of its own, beside the cursor's. */
static uintptr_t take_beside(uint32_t granules, moat_word header) {
    uintptr_t at = cut_hole(granules);
    struct moat_arena *arena = moat_arena_of(at);
    uint32_t first = moat_granule_of(arena, at);
    claim(arena, first, first + granules);
    *moat_header_at(at) = header;
    moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));
    moat_heap.since += granules;
    moat_heap.owed += granules;
    moat_heap.stats.allocations++;
    return at;
}

/* At the cursor, whose hole has room. An extension makes the chunk long enough for the object and a fence. */
static uintptr_t take_at_cursor(uint32_t granules, moat_word header) {
    uintptr_t at = moat_heap.cursor, next = at + moat_bytes(granules);
    if (moat_heap.limit <= next && moat_heap.limit < moat_heap.hole_end) {
        extend_chunk(granules);
    }
    *moat_header_at(at) = header;
    moat_heap.cursor = next;
    if (next < moat_heap.limit) {
        moat_cursor_fence(next);
    } else {
        no_hole();
    }
    return at;
}

/* A hole worth a few such objects replaces the cursor's; one that is not serves this object alone, which saves clearing,
 * claiming and giving back the rest of it. */
uintptr_t moat_cursor_take(uint32_t granules, moat_word header) {
    if (moat_heap.hole_end - moat_heap.cursor < moat_bytes(granules)) {
        uint32_t size = hole_for(granules);
        if (size != 0 && size < 4 * granules) {
            return take_beside(granules, header);
        }
        moat_cursor_release();
        if (!find_hole(granules)) {
            return 0;
        }
    }
    return take_at_cursor(granules, header);
}

/* What lies right of a run that is given back joins it: the sweep's pending run, even an empty one, since the sweep may free
 * what comes next; a filed hole; or one granule. On its left is an object (docs/design.md, "Holes"). */
static void give_back(struct moat_arena *arena, uintptr_t start, uintptr_t end) {
    if (moat_heap.pending == end) {
        moat_heap.pending = start;
        return;
    }
    uint32_t last = moat_granule_of(arena, end);
    uint32_t used = arena->bits[last >> 5].start | arena->bits[last >> 5].mark;
    if ((used & moat_bit(last)) == 0) {
        uint32_t next = last + 1;
        used = arena->bits[next >> 5].start | arena->bits[next >> 5].mark;
        if ((used & moat_bit(next)) == 0 && !moat_cover_test(arena, next >> 5)) {
            struct moat_hole *hole = (struct moat_hole *)end;
            end += moat_bytes((uint32_t)hole->granules);
            moat_bins_remove(hole);
        } else {
            end += moat_bytes(1);
        }
    }
    uint32_t granules = moat_granules(end - start);
    if (granules >= MOAT_HOLE_GRANULES) {
        moat_bins_put(start, granules);
    }
}

void moat_cursor_release(void) {
    uintptr_t start = moat_heap.cursor, end = moat_heap.hole_end;
    if (start == end) {
        return;
    }
    struct moat_arena *arena = moat_heap.cursor_arena;
    uint32_t claimed = moat_granules(moat_heap.limit - start);
    if (claimed != 0) {
        uint32_t first = moat_granule_of(arena, start);
        arena->bits[first >> 5].start &= ~moat_bit(first);
        mark_range(arena, first, first + claimed, false);
    }
    moat_heap.free_granules -= moat_granules(end - moat_heap.limit);
    moat_heap.since -= claimed < moat_heap.since ? claimed : moat_heap.since;
    no_hole();
    give_back(arena, start, end);
}

uintptr_t moat_cursor_cut(uint32_t granules) {
    uintptr_t at = cut_hole(granules);
    if (at == 0) {
        moat_cursor_release();
        at = cut_hole(granules);
    }
    if (at == 0) {
        return 0;
    }
    struct moat_arena *arena = moat_arena_of(at);
    uint32_t first = moat_granule_of(arena, at);
    claim(arena, first, first + granules);
    *moat_header_at(at) = moat_header_of_type(&moat_type_bytes) | MOAT_HEADER_ARRAY;
    moat_heap.since += granules;
    moat_heap.stats.allocations++;
    return at;
}

void moat_cursor_recolour(void) {
    if (moat_heap.cursor < moat_heap.limit) {
        moat_cursor_fence(moat_heap.cursor);
    }
}
