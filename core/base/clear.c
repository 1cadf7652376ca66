/* moat: clearing and copying memory. See clear.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"

#include "base/port.h"
#include "moat_compiler.h"

#define BLOCK_WORDS 8

/* The barriers in the loops keep the compiler from turning them into calls of memset and memcpy: core has no libc. */
static inline void clear_block(moat_raw *at) {
#ifdef MOAT_PORT_CLEAR
    MOAT_PORT_CLEAR(at);
#else
    at[0] = 0;
    at[1] = 0;
    at[2] = 0;
    at[3] = 0;
    at[4] = 0;
    at[5] = 0;
    at[6] = 0;
    at[7] = 0;
    MOAT_COMPILER_BARRIER_();
#endif
}

/* The last block comes first: where it overlaps the others there is no rest. */
void moat_clear_words(uintptr_t from, uintptr_t to) {
    moat_raw *at = (moat_raw *)from, *end = (moat_raw *)to;
    if (to - from >= BLOCK_WORDS * MOAT_WORD_BYTES) {
        moat_raw *last = end - BLOCK_WORDS;
        clear_block(last);
        for (; at < last; at += BLOCK_WORDS) {
            clear_block(at);
        }
        return;
    }
    for (; at != end; at++) {
        *at = 0;
        MOAT_COMPILER_BARRIER_();
    }
}

void moat_copy_words(void *to, const void *from, uintptr_t bytes) {
    moat_raw *target = to;
    const moat_raw *source = from;
    for (uintptr_t words = bytes / MOAT_WORD_BYTES; words != 0; words--) {
        *target++ = *source++;
        MOAT_COMPILER_BARRIER_();
    }
}
