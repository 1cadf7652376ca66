/* Random numbers for tests and benchmarks: Marsaglia's xorshift of 32 bits.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_XORSHIFT_H
#define TEST_XORSHIFT_H

#include <stdint.h>

/* The next number after *state, which is not 0 and becomes that number. */
static inline uint32_t xorshift(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A number scaled to 0 .. bound - 1. */
static inline uint32_t xorshift_below(uint32_t random, uint32_t bound) {
    return (uint32_t)(((uint64_t)random * bound) >> 32);
}

#endif
