/* moat: clearing and copying memory. See clear.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"

#include "base/port.h"
#include "moat_compiler.h"

#define BLOCK_WORDS 8
#define HALF_WORDS (BLOCK_WORDS / 2)

/* From so many blocks on the port's loop is worth its begin. */
#define MANY_BLOCKS 3

/* Clears four words, from that many behind `at` on: a constant. */
#ifdef MOAT_PORT_CLEAR
#define CLEAR_HALF(at, words) MOAT_PORT_CLEAR(at, words)
#else
#define CLEAR_HALF(at, words) clear_half((at) + (words))

/* The barriers in the loops keep the compiler from turning them into calls of memset and memcpy: core has no libc. */
static inline void clear_half(moat_raw *at) {
    at[0] = 0;
    at[1] = 0;
    at[2] = 0;
    at[3] = 0;
    MOAT_COMPILER_BARRIER_();
}
#endif

static inline void clear_blocks(moat_raw *at, moat_raw *last) {
#ifdef MOAT_PORT_CLEAR_MANY
    if (!MOAT_SMALL_ && last - at >= MANY_BLOCKS * BLOCK_WORDS) {
        MOAT_PORT_CLEAR_MANY(at, last);
        return;
    }
#endif
    for (; at < last; at += BLOCK_WORDS) {
        CLEAR_HALF(at, 0);
        CLEAR_HALF(at, HALF_WORDS);
    }
}

/* The last block comes first: where it overlaps the others there is no rest. */
void *moat_clear_words(uintptr_t from, uintptr_t to) {
    moat_raw *at = (moat_raw *)from, *end = (moat_raw *)to;
    if (to - from >= BLOCK_WORDS * MOAT_WORD_BYTES) {
        CLEAR_HALF(end, -BLOCK_WORDS);
        CLEAR_HALF(end, -HALF_WORDS);
        clear_blocks(at, end - BLOCK_WORDS);
        return (void *)from;
    }
    if (!MOAT_SMALL_ && to - from >= HALF_WORDS * MOAT_WORD_BYTES) {
        CLEAR_HALF(end, -HALF_WORDS);
        CLEAR_HALF(at, 0);
        return (void *)from;
    }
    for (; at != end; at++) {
        *at = 0;
        MOAT_COMPILER_BARRIER_();
    }
    return (void *)from;
}

void moat_copy_words(void *to, const void *from, uintptr_t bytes) {
    moat_raw *target = to;
    const moat_raw *source = from;
    for (uintptr_t words = bytes / MOAT_WORD_BYTES; words != 0; words--) {
        *target++ = *source++;
        MOAT_COMPILER_BARRIER_();
    }
}
