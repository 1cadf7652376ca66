/* moat: the cover bitmaps. See cover.h.
 *
 * SPDX-License-Identifier: MIT */
#include "cover.h"

#include "bits.h"

static void change(uint32_t *word, uint32_t bits, bool set) {
    *word = set ? *word | bits : *word & ~bits;
}

/* On each level the ends of the range that do not fill a word are done here, the middle one level up. */
static void change_range(struct moat_arena *arena, uint32_t first, uint32_t last, bool set) {
    for (uint32_t level = 0; first < last; level++) {
        uint32_t *words = arena->cover[level];
        bool top = level == MOAT_COVER_LEVELS - 1;
        uint32_t low = first >> 5, high = last >> 5;
        if (low == high) {
            change(&words[low], moat_bit_range(first & 31u, last & 31u), set);
            return;
        }
        if (top) {
            change(&words[low], moat_bit_range(first & 31u, 32), set);
            for (uint32_t i = low + 1; i < high; i++) {
                change(&words[i], UINT32_MAX, set);
            }
            change(&words[high], moat_bit_range(0, last & 31u), set);
            return;
        }
        if ((first & 31u) != 0) {
            change(&words[low], moat_bit_range(first & 31u, 32), set);
            low++;
        }
        if ((last & 31u) != 0) {
            change(&words[high], moat_bit_range(0, last & 31u), set);
        }
        first = low;
        last = high;
    }
}

void moat_cover_set(struct moat_arena *arena, uint32_t first, uint32_t last) {
    change_range(arena, first, last, true);
}

void moat_cover_clear(struct moat_arena *arena, uint32_t first, uint32_t last) {
    change_range(arena, first, last, false);
}

bool moat_cover_test(const struct moat_arena *arena, uint32_t word) {
    for (uint32_t level = 0; level < MOAT_COVER_LEVELS; level++) {
        if ((arena->cover[level][word >> 5] >> (word & 31u)) & 1u) {
            return true;
        }
        word >>= 5;
    }
    return false;
}

/* The top level on which `word` is covered gives the longest stride; the loop ends since every stride leaves that
 * level's word, and at most two words a level are met on the way out. */
uint32_t moat_cover_next(const struct moat_arena *arena, uint32_t word) {
    for (uint32_t level = 0; level < MOAT_COVER_LEVELS;) {
        uint32_t index = word >> (5 * level);
        uint32_t covered = arena->cover[level][index >> 5] >> (index & 31u);
        if ((covered & 1u) == 0) {
            level++;
            continue;
        }
        uint32_t gap = ~covered;
        uint32_t run = gap == 0 ? 32 - (index & 31u) : moat_lowest_bit(gap);
        run = run > 32 - (index & 31u) ? 32 - (index & 31u) : run;
        word = (index + run) << (5 * level);
        level = 0;
    }
    return word;
}

uint32_t moat_cover_prev(const struct moat_arena *arena, uint32_t word) {
    for (uint32_t level = 0; level < MOAT_COVER_LEVELS;) {
        uint32_t index = word >> (5 * level);
        uint32_t covered = arena->cover[level][index >> 5] << (31u - (index & 31u));
        if ((covered >> 31) == 0) {
            level++;
            continue;
        }
        uint32_t gap = ~covered;
        uint32_t run = gap == 0 ? (index & 31u) + 1 : 31u - moat_highest_bit(gap);
        run = run > (index & 31u) + 1 ? (index & 31u) + 1 : run;
        word = ((index + 1 - run) << (5 * level)) - 1;
        level = 0;
    }
    return word;
}
