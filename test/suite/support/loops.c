/* The loops. See loops.h. TABLE names this compilation's table, COMPILER the compiler and its level.
 *
 * C has no pointer to before an array, but compilers use one. hide() makes the address opaque, so that the loop starts
 * where a compiler's would.
 *
 * SPDX-License-Identifier: MIT */
#include "loops.h"

static void *hide(uintptr_t address) {
    __asm__("" : "+r"(address));
    return (void *)address;
}

static uintptr_t words_up(void) {
    uintptr_t *p = loop_make();
    uintptr_t *end = p + LOOP_WORDS;
    uintptr_t sum = 0, n = 0;
    while (p != end) {
        *p++ = ++n;
        loop_collect();
        sum += p[-1];
    }
    return sum;
}

static uintptr_t words_before(void) {
    uintptr_t *p = hide((uintptr_t)loop_make() - sizeof *p);
    uintptr_t sum = 0;
    for (uintptr_t n = 1; n <= LOOP_WORDS; n++) {
        loop_collect();
        *++p = n;
        sum += *p;
    }
    return sum;
}

static uintptr_t words_past(void) {
    uintptr_t *p = loop_make();
    for (uintptr_t n = 1; n <= LOOP_WORDS; n++) {
        *p++ = n;
    }
    p = hide((uintptr_t)p);
    loop_collect();
    uintptr_t sum = 0;
    for (uintptr_t n = LOOP_WORDS; n != 0; n--) {
        sum += *--p;
    }
    return sum;
}

struct pair {
    uintptr_t first, second;
};

static uintptr_t pairs_before(void) {
    struct pair *p = hide((uintptr_t)loop_make() - sizeof *p);
    uintptr_t sum = 0;
    for (uintptr_t n = 1; n <= LOOP_PAIRS; n++) {
        loop_collect();
        *++p = (struct pair){n, n};
        sum += p->first + p->second;
    }
    return sum;
}

static uintptr_t bytes_before(void) {
    unsigned char *p = hide((uintptr_t)loop_make() - 1);
    uintptr_t sum = 0;
    for (unsigned n = 1; n <= LOOP_BYTES; n++) {
        if (n % 8 == 1) {
            loop_collect();
        }
        *++p = (unsigned char)n;
        sum += *p;
    }
    return sum;
}

static uintptr_t bytes_down(void) {
    unsigned char *p = (unsigned char *)loop_make() + LOOP_BYTES;
    uintptr_t sum = 0;
    for (unsigned n = 1; n <= LOOP_BYTES; n++) {
        if (n % 8 == 1) {
            loop_collect();
        }
        *--p = (unsigned char)n;
        sum += *p;
    }
    return sum;
}

static uintptr_t words_by_index(void) {
    uintptr_t *p = loop_make();
    uintptr_t sum = 0;
    for (uintptr_t i = LOOP_WORDS; i-- > 0;) {
        loop_collect();
        p[i] = i + 1;
        sum += p[i];
    }
    return sum;
}

const struct loops TABLE = {COMPILER,     words_up,     words_before, words_past,
                            pairs_before, bytes_before, bytes_down,   words_by_index};
