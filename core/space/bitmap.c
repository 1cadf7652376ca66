/* moat: setting the bits of ranges of granules. See bitmap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/bitmap.h"

#include "base/bits.h"

void moat_bitmap_set_inside(uintptr_t bias, uintptr_t at, uint32_t granules) {
    struct moat_bits *bits = moat_bits_at(bias, at);
    uint32_t from = moat_granules(at) & 31u, end = from + granules;
    uint32_t mask = UINT32_MAX << from;
    for (; end > 32; end -= 32) {
        bits->mark |= mask;
        mask = UINT32_MAX;
        bits++;
    }
    bits->mark |= mask & (UINT32_MAX >> (32 - end));
}

void moat_bitmap_set_object(const struct moat_arena *arena, uintptr_t at, uint32_t granules) {
    moat_bitmap_set_inside(arena->bias, at, granules);
    moat_set_start(arena->bias, at);
    if (moat_born_black(arena, moat_granule_of(arena, at))) {
        moat_bits_at(arena->bias, at)->mark &= ~moat_bit_at(at);
    }
}
