/* moat: sweeping. See sweep.h.
 *
 * SPDX-License-Identifier: MIT */
#include "sweep.h"

#include "bins.h"
#include "bits.h"
#include "cover.h"
#include "cursor.h"
#include "granule.h"

static uint32_t arena_words(const struct moat_arena *arena) {
    return (arena->granules + 31) >> 5;
}

void moat_sweep_begin(void) {
    moat_heap.sweep_arena = 0;
    moat_heap.sweep_word = 0;
    moat_heap.sweep_carry = 0;
    moat_heap.sweep_free = false;
    moat_heap.pending = 0;
    moat_heap.pending_end = 0;
}

uint32_t moat_sweep_left(void) {
    uint32_t words = 0;
    for (uint32_t i = moat_heap.sweep_arena; i < moat_heap.arena_count; i++) {
        words += arena_words(moat_heap.arenas[i]);
    }
    return words - moat_heap.sweep_word;
}

/* The pending run ends here: files it. */
static uint32_t close_pending(uintptr_t end) {
    uint32_t granules = moat_granules(end - moat_heap.pending);
    if (granules >= MOAT_HOLE_GRANULES) {
        moat_bins_put(moat_heap.pending, granules);
    }
    moat_heap.pending = 0;
    moat_heap.pending_end = 0;
    return 1;
}

/* Takes the holes that begin in this word, before the sweep, out of their bins. Returns how many. */
static uint32_t unfile(struct moat_arena *arena, uint32_t word, uint32_t was_free) {
    uint32_t starts = was_free & ~((was_free << 1) | (moat_heap.sweep_free ? 1u : 0u));
    uint32_t next = 0;
    if ((starts >> 31) != 0 && word + 1 < arena_words(arena)) {
        const struct moat_bits *bits = &arena->bits[word + 1];
        next = ~(bits->start | bits->mark) & 1u;
    }
    uint32_t holes = starts & ((was_free >> 1) | (next << 31));
    uint32_t count = 0;
    for (; holes != 0; holes &= holes - 1) {
        moat_bins_remove((struct moat_hole *)moat_granule_address(arena, (word << 5) + moat_lowest_bit(holes)));
        count++;
    }
    return count;
}

/* Files the free runs of a swept word; one that reaches its end stays pending. Returns how many ended. */
static uint32_t file(struct moat_arena *arena, uint32_t word, uint32_t is_free) {
    uintptr_t base = moat_granule_address(arena, word << 5);
    uint32_t ended = 0;
    if (moat_heap.pending != 0 && (is_free & 1u) == 0) {
        ended += close_pending(base);
    }
    for (uint32_t from = 0; is_free != 0;) {
        from = moat_lowest_bit(is_free);
        uint32_t used = ~is_free & ~moat_bit_range(0, from);
        uint32_t to = used == 0 ? 32 : moat_lowest_bit(used);
        if (moat_heap.pending == 0) {
            moat_heap.pending = base + moat_bytes(from);
        }
        moat_heap.pending_end = base + moat_bytes(to);
        if (to < 32) {
            ended += close_pending(base + moat_bytes(to));
        }
        is_free &= ~moat_bit_range(from, to);
    }
    return ended;
}

/* The covered words that follow, if any, belong to the object at this word's end: skipped at once, or freed at once. */
static uint32_t pass_covered(struct moat_arena *arena, uint32_t word) {
    if (arena->covered == 0 || !moat_cover_test(arena, word)) {
        return word;
    }
    uint32_t next = moat_cover_next(arena, word);
    if (moat_heap.sweep_carry != 0) {
        moat_cover_clear(arena, word, next);
        arena->covered--;
        if (moat_heap.pending == 0) {
            moat_heap.pending = moat_granule_address(arena, word << 5);
        }
        moat_heap.pending_end = moat_granule_address(arena, next << 5);
    }
    return next;
}

/* Sweeps one word. A white start clears itself and the rest that follows it: adding it to the rest bits makes a carry run
 * through just those. Returns the units it took. */
static uint32_t sweep_word(struct moat_arena *arena, uint32_t word) {
    struct moat_bits *bits = &arena->bits[word];
    uint32_t start = bits->start, mark = bits->mark;
    uint32_t white = start & (mark ^ moat_heap.live);
    uint32_t rest = mark & ~start;
    uint32_t sum = rest + (((white << 1) | moat_heap.sweep_carry) & rest);
    uint32_t kept = rest & sum;
    uint32_t was_free = ~(start | mark);
    bool reaches_end = (was_free >> 31) == 0;
    moat_heap.sweep_carry = (white >> 31) | (sum < rest ? 1u : 0u);
    bits->start = start & ~white;
    bits->mark = (mark & start & ~white) | kept;
    uint32_t is_free = ~(bits->start | bits->mark);

    uint32_t units = 1;
    bool unchanged = is_free == was_free && moat_heap.pending == 0 && reaches_end;
    if (!unchanged) {
        units += unfile(arena, word, was_free);
        units += file(arena, word, is_free);
    }
    moat_heap.sweep_free = !reaches_end;
    moat_heap.sweep_word = reaches_end && word + 1 < arena_words(arena) ? pass_covered(arena, word + 1) : word + 1;
    return units;
}

uint32_t moat_sweep_some(uint32_t units) {
    while (units != 0 && moat_heap.sweep_arena < moat_heap.arena_count) {
        struct moat_arena *arena = moat_heap.arenas[moat_heap.sweep_arena];
        uint32_t word = moat_heap.sweep_word;
        if (word == arena_words(arena)) {
            moat_heap.sweep_arena++;
            moat_heap.sweep_word = 0;
            moat_heap.sweep_free = false;
            continue;
        }
        if (arena == moat_heap.cursor_arena && word == moat_granule_of(arena, moat_heap.cursor) >> 5 &&
            moat_heap.hole_end != 0) {
            moat_cursor_release();
        }
        uint32_t used = sweep_word(arena, word);
        units -= used < units ? used : units;
    }
    return units;
}
