/* moat: setting the bits of ranges of granules. See bitmap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/bitmap.h"

#include "base/bits.h"

void moat_bitmap_set_inside(const struct moat_arena *arena, uint32_t first, uint32_t granules) {
    struct moat_bits *bits = &arena->bits[first >> 5];
    uint32_t from = first & 31u, end = from + granules;
    uint32_t mask = UINT32_MAX << from;
    for (; end > 32; end -= 32) {
        bits->mark |= mask;
        mask = UINT32_MAX;
        bits++;
    }
    bits->mark |= mask & (UINT32_MAX >> (32 - end));
}

void moat_bitmap_set_object(const struct moat_arena *arena, uint32_t first, uint32_t granules) {
    struct moat_bits *bits = &arena->bits[first >> 5];
    uint32_t bit = moat_bit(first);
    moat_bitmap_set_inside(arena, first, granules);
    bits->start |= bit;
    if (moat_born_black(arena, first)) {
        bits->mark &= ~bit;
    }
}
