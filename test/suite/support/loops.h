/* Loops over an array of which the compiler keeps what pointer it likes: compiled by each compiler at each level.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_LOOPS_H
#define TEST_LOOPS_H

#include <stdint.h>

#define LOOP_WORDS 7u /* with the header a whole number of granules: the end is the next object's header */
#define LOOP_PAIRS (LOOP_WORDS / 2)
#define LOOP_BYTES (LOOP_WORDS * sizeof(uintptr_t))

/* Makes an array of LOOP_WORDS words in the heap, which nothing else refers to. */
uintptr_t *loop_make(void);

/* Where a loop stands: collects. Called once or more in each. */
void loop_collect(void);

/* Each makes an array, writes 1, 2, 3, ... to its words or bytes, collects on the way, and returns the sum. */
struct loops {
    const char *compiler;
    uintptr_t (*words_up)(void);       /* while (p != end) *p++ */
    uintptr_t (*words_before)(void);   /* *++p */
    uintptr_t (*words_past)(void);     /* all written, then read from the end: *--p */
    uintptr_t (*pairs_before)(void);   /* *++p, elements of two words */
    uintptr_t (*bytes_before)(void);   /* *++p */
    uintptr_t (*bytes_down)(void);     /* *--p */
    uintptr_t (*words_by_index)(void); /* p[i] */
};

#endif
