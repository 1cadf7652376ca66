/* moat: clearing and copying memory. See clear.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"

#include "base/port.h"
#include "moat_compiler.h"

#define BLOCK_WORDS 8
#define HALF_WORDS (BLOCK_WORDS / 2)

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

/* A block, from that many words behind `at` on. */
#define CLEAR_BLOCK(at, words)                                                                                         \
    do {                                                                                                               \
        CLEAR_HALF(at, words);                                                                                         \
        CLEAR_HALF(at, (words) + HALF_WORDS);                                                                          \
    } while (0)

/* At least one block; the last may go on behind `last`, by less than a block. */
static inline void clear_blocks(moat_raw *at, moat_raw *last) {
#ifdef MOAT_PORT_CLEAR_MANY
    MOAT_PORT_CLEAR_MANY(at, last);
#else
    do {
        CLEAR_BLOCK(at, 0);
        at += BLOCK_WORDS;
    } while (at < last);
#endif
}

/* The same by halves of a block. */
static inline void clear_halves(moat_raw *at, moat_raw *last) {
    do {
        CLEAR_HALF(at, 0);
        at += HALF_WORDS;
    } while (at < last);
}

static inline void clear_each(moat_raw *at, moat_raw *end) {
    for (; at != end; at++) {
        *at = 0;
        MOAT_COMPILER_BARRIER_();
    }
}

/* The front and the end, which overlap: there is no rest. Where code may be large, as much of both at once as does for
 * most objects. */
void *moat_clear_words(uintptr_t from, uintptr_t to) {
    moat_raw *at = (moat_raw *)from, *end = (moat_raw *)to;
    uintptr_t words = (to - from) / MOAT_WORD_BYTES;
    if (MOAT_SMALL_ && words >= HALF_WORDS) {
        CLEAR_HALF(end, -HALF_WORDS);
        clear_halves(at, end - HALF_WORDS);
    } else if (words < BLOCK_WORDS) {
        if (words >= HALF_WORDS) {
            CLEAR_HALF(at, 0);
            CLEAR_HALF(end, -HALF_WORDS);
        } else {
            clear_each(at, end);
        }
    } else if (words > 4 * BLOCK_WORDS) {
        CLEAR_BLOCK(end, -BLOCK_WORDS);
        clear_blocks(at, end - BLOCK_WORDS);
    } else if (words > 2 * BLOCK_WORDS) {
        CLEAR_BLOCK(at, 0);
        CLEAR_BLOCK(at, BLOCK_WORDS);
        CLEAR_BLOCK(end, -2 * BLOCK_WORDS);
        CLEAR_BLOCK(end, -BLOCK_WORDS);
    } else {
        CLEAR_BLOCK(at, 0);
        CLEAR_BLOCK(end, -BLOCK_WORDS);
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
