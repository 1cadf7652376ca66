/* Walks through arrays of each element size, of which the compiler keeps what pointer it likes: compiled by each
 * compiler at each level.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_WALK_H
#define TEST_WALK_H

#include <stdint.h>

#define WALK_ELEMENTS 16u

/* The sizes of elements, in bytes. */
#define WALK_SIZES(X) X(4) X(8) X(12) X(16) X(24) X(32) X(40) X(48) X(64)

typedef uint32_t walk_4;
typedef uint64_t walk_8;
#define WALK_ELEMENT_(bytes)                                                                                           \
    typedef struct {                                                                                                   \
        uint32_t words[(bytes) / 4];                                                                                   \
    } walk_##bytes;
WALK_ELEMENT_(12)
WALK_ELEMENT_(16)
WALK_ELEMENT_(24)
WALK_ELEMENT_(32)
WALK_ELEMENT_(40)
WALK_ELEMENT_(48)
WALK_ELEMENT_(64)

/* A struct that is nothing but an array, and one with other members on both sides of it. */
#define WALK_STRUCTS_(bytes)                                                                                           \
    struct walk_table_##bytes {                                                                                        \
        walk_##bytes elements[WALK_ELEMENTS];                                                                          \
    };                                                                                                                 \
    struct walk_between_##bytes {                                                                                      \
        uint32_t before;                                                                                               \
        walk_##bytes elements[WALK_ELEMENTS];                                                                          \
        uint32_t behind;                                                                                               \
    };
WALK_SIZES(WALK_STRUCTS_)

/* Makes the object to walk, zeroed, which nothing else refers to. */
void *walk_make(void);

/* WALK_ELEMENTS, which the compiler does not know. */
unsigned walk_count(void);

/* Called in each round of a walk: allocates and collects. */
void walk_round(void);

/* Walks that make an array, alone or at the start of a struct, write 1, 2, 3, ... to its elements, and return the sum
 * of what they read again: of WALK_ELEMENTS elements, or 0 if the object was lost. */
struct walk {
    const char *name;
    uint32_t (*in_array)(void);
    uint32_t (*in_struct)(void); /* of type walk_between_... */
};

#define WALK_KINDS 8u
struct walks {
    uint32_t bytes; /* of an element */
    struct walk walks[WALK_KINDS];
};

#define WALK_SIZE_COUNT 9u
struct walk_compilation {
    const char *compiler;
    struct walks sizes[WALK_SIZE_COUNT];
};

#endif
