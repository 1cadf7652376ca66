/* moat: counting bits, from either end. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BITS_H
#define MOAT_BITS_H

#include "moat_compiler.h"
#include "moat_type.h"

/* Index of the lowest set bit. x != 0. */
static inline uint32_t moat_lowest_bit(uint32_t x) {
    return (uint32_t)__builtin_ctz(x);
}

static inline uint32_t moat_lowest_bit_word(moat_word x) {
    return (uint32_t)__builtin_ctzl(x);
}

/* Index of the highest set bit. x != 0. */
static inline uint32_t moat_highest_bit(uint32_t x) {
    return 31u - (uint32_t)__builtin_clz(x);
}

/* Bits [first, last) set; 0 <= first <= last <= 32. */
static inline uint32_t moat_bit_range(uint32_t first, uint32_t last) {
    uint32_t below_last = last >= 32 ? UINT32_MAX : ((uint32_t)1 << last) - 1;
    return first >= 32 ? 0 : below_last & (UINT32_MAX << first);
}

static inline uint32_t moat_count_bits(uint32_t x) {
    if (MOAT_SMALL_) {
        uint32_t count = 0;
        for (; x != 0; x &= x - 1) {
            count++;
        }
        return count;
    }
    x -= (x >> 1) & 0x55555555u;
    x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0fu;
    return (x * 0x01010101u) >> 24;
}

#endif
