/* moat: sweeping. See sweep.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/sweep.h"

#include "space/bins.h"
#include "fault/assert.h"
#include "base/bits.h"
#include "space/cursor.h"
#include "space/granule.h"

/* With so much of the open run behind it, the sweep stops for who wants a hole. */
#define OPEN_GRANULES 64u

static void enter_arena(uint32_t order) {
    bool more = order < moat_heap.arenas.count;
    moat_heap.sweep.arena = more ? moat_heap.arenas.table[order] : NULL;
    moat_heap.sweep.word = 0;
    moat_heap.sweep.at = more ? moat_heap.sweep.arena->base : 0;
    moat_heap.sweep.carry = 0;
    moat_heap.sweep.was_free = false;
    moat_heap.sweep.free_mask = 0;
    moat_heap.sweep.run_start = 0;
}

void moat_sweep_begin(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_SWEEP);
    enter_arena(0);
}

/* A run ends: files it, or gives it to the cursor if it has `least` granules. */
static inline bool close_run(uintptr_t start, uintptr_t end, uint32_t least, bool open) {
    uint32_t granules = moat_granules(end - start);
    MOAT_ASSERT(start - moat_heap.sweep.arena->low < moat_heap.sweep.arena->span && start < end);
    if (granules < MOAT_HOLE_GRANULES) {
        return false;
    }
    moat_heap.free_granules += granules;
    if (granules >= least) {
        moat_cursor_own(moat_heap.sweep.arena, start, granules, open, false);
        return true;
    }
    moat_bins_put(start, granules);
    return false;
}

/* Takes the holes that begin in a word, before the sweep, out of their bins. Returns the units that took. */
static uint32_t unfile(const struct moat_bits *bits, uintptr_t at, uint32_t was_free) {
    uint32_t starts = was_free & ~((was_free << 1) | (moat_heap.sweep.was_free ? 1u : 0u));
    uint32_t next = ~(bits[1].start | bits[1].mark) & 1u;
    uint32_t holes = starts & ((was_free >> 1) | (next << 31));
    uint32_t units = 0;
    for (; holes != 0; holes &= holes - 1) {
        struct moat_hole *hole = (struct moat_hole *)(at + moat_bytes(moat_lowest_bit(holes)));
        moat_bins_remove(hole);
        MOAT_ASSERT(hole->granules >= MOAT_HOLE_GRANULES && hole->granules <= moat_heap.free_granules);
        moat_heap.free_granules -= (uint32_t)hole->granules;
        units += MOAT_SWEEP_UNITS;
    }
    return units;
}

/* Sweeps one word, which is not covered, where nothing is free that was free before, and returns its free granules. A
 * white start clears itself and the rest that follows it: adding it to the rest bits makes a carry run through those
 * only. */
static inline uint32_t sweep_word(struct moat_bits *bits, uint32_t start, uint32_t mark) {
    uint32_t white = start & mark, rest = mark & ~start;
    uint32_t sum = rest + (((white << 1) | moat_heap.sweep.carry) & rest);
    moat_heap.sweep.carry = white >> 31 | (sum < rest ? 1u : 0u);
    start ^= white;
    mark = (rest & sum) | start;
    bits->start = start;
    bits->mark = mark;
    return ~mark;
}

/* The cursor may stand in the word that comes: it gives its hole back before. */
static void meet_cursor(void) {
    if (moat_heap.cursor.born_black && moat_heap.cursor.at - moat_heap.sweep.at < MOAT_WORD_SPAN) {
        moat_cursor_release();
    }
}

/* Goes on by one word. Returns the units it took. */
static uint32_t next_word(struct moat_arena *arena) {
    meet_cursor();
    struct moat_bits *bits = &arena->bits[moat_heap.sweep.word];
    uint32_t start = bits->start, mark = bits->mark, was_free = ~(start | mark);
    uint32_t words = 1, units = MOAT_SWEEP_UNITS;
    if (moat_is_covered(bits)) {
        /* alive, the sweep goes on behind the object; dead, the word is free */
        words = moat_heap.sweep.carry != 0 ? 1 : moat_words_ahead(bits);
        bits->mark = moat_heap.sweep.carry != 0 ? 0 : bits->mark;
        moat_heap.sweep.free_mask = moat_heap.sweep.carry != 0 ? UINT32_MAX : 0;
        moat_heap.sweep.was_free = false;
    } else {
        units += was_free != 0 ? unfile(bits, moat_heap.sweep.at, was_free) : 0;
        moat_heap.sweep.free_mask = sweep_word(bits, start, mark);
        moat_heap.sweep.was_free = was_free >> 31 != 0;
    }
    MOAT_ASSERT(words != 0 && words <= moat_arena_words(arena) - moat_heap.sweep.word);
    moat_heap.sweep.word += words;
    moat_heap.sweep.at += words * MOAT_WORD_SPAN;
    return units;
}

/* The free runs of the word before. True: the cursor got one. */
static inline bool take_runs(uint32_t least, int32_t *left) {
    uintptr_t word = moat_heap.sweep.at - MOAT_WORD_SPAN, run = moat_heap.sweep.run_start;
    uint32_t mask = moat_heap.sweep.free_mask;
    bool found = false;
    while (mask != 0 && !found && *left > 0) {
        uint32_t from = moat_lowest_bit(mask), behind = mask + ((uint32_t)1 << from);
        run = run != 0 ? run : word + moat_bytes(from);
        mask &= behind;
        *left -= MOAT_SWEEP_UNITS;
        if (behind != 0) {
            found = close_run(run, word + moat_bytes(moat_lowest_bit(behind)), least, false);
            run = 0;
        }
    }
    moat_heap.sweep.free_mask = mask;
    moat_heap.sweep.run_start = run;
    return found;
}

/* Where the open run ends now, by a word that begins in use or, for who wants a hole, by its length. */
static inline bool take_open(uintptr_t at, uint32_t least, bool open) {
    uintptr_t run = moat_heap.sweep.run_start;
    moat_heap.sweep.run_start = 0;
    return close_run(run, at, least, open);
}

bool moat_sweep_some(uint32_t units, uint32_t wanted) {
    struct moat_arena *arena = moat_heap.sweep.arena;
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(units <= INT32_MAX && (wanted == 0 || moat_heap.cursor.at == moat_heap.cursor.hole_end));
    if (arena == NULL) {
        return false;
    }
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_SWEEP);
    const uint32_t words = moat_arena_words(arena), least = wanted != 0 ? wanted : UINT32_MAX;
    const uintptr_t long_run = wanted != 0 ? moat_bytes(wanted > OPEN_GRANULES ? wanted : OPEN_GRANULES) : UINTPTR_MAX;
    int32_t left = (int32_t)units;
    bool found = false;
    while (left > 0 && !found) {
        uintptr_t at = moat_heap.sweep.at;
        if (moat_heap.sweep.free_mask != 0) {
            found = take_runs(least, &left);
        } else if (moat_heap.sweep.word >= words) {
            enter_arena(arena->order + 1);
            return false;
        } else if (moat_heap.sweep.run_start != 0 && at - moat_heap.sweep.run_start >= long_run) {
            found = take_open(at, least, true);
        } else {
            left -= (int32_t)next_word(arena);
            if (moat_heap.sweep.run_start != 0 && (moat_heap.sweep.free_mask & 1u) == 0) {
                found = take_open(at, least, false);
            }
        }
    }
    return found;
}

bool moat_sweep_joins(uintptr_t end) {
    MOAT_ASSERT(moat_port_is_masked());
    if (moat_heap.sweep.run_start != 0) {
        return end == moat_heap.sweep.run_start;
    }
    uintptr_t open = moat_heap.sweep.at;
    if (moat_heap.sweep.free_mask != 0) {
        open -= MOAT_WORD_SPAN;
        return end == open && (moat_heap.sweep.free_mask & 1u) != 0;
    }
    return end == open;
}

uintptr_t moat_sweep_cut(uint32_t granules) {
    uintptr_t at = moat_heap.sweep.run_start;
    MOAT_ASSERT(moat_port_is_masked() && granules != 0);
    if (at == 0 || moat_heap.sweep.free_mask != 0 || moat_heap.sweep.at - at < moat_bytes(granules)) {
        return 0;
    }
    moat_heap.sweep.run_start = at + moat_bytes(granules);
    if (moat_heap.sweep.run_start == moat_heap.sweep.at) {
        moat_heap.sweep.run_start = 0;
    }
    return at;
}
