/* The walks. See walks.h. TABLE names this compilation's table, COMPILER the compiler and its level.
 *
 * Each is written as firmware would write it; what the compiler keeps meanwhile is its own affair.
 *
 * SPDX-License-Identifier: MIT */
#include "walks.h"

#define VALUE_4(element) (element)
#define VALUE_8(element) ((uint32_t)(element))
#define SET_4(element, value) ((element) = (value))
#define SET_8(element, value) ((element) = (value))

/* Only the last word of a struct is read: compilers then keep a pointer that is moved by the member's offset. */
#define VALUE_STRUCT(element) ((element).words[sizeof((element).words) / sizeof((element).words[0]) - 1])
#define SET_STRUCT(element, value) ((element).words[0] = VALUE_STRUCT(element) = (value))

/* start(): the first element of a new object. */
#define WALKS(name, E, start, VALUE, SET)                                                                              \
    static uint32_t name##_index_up(void) {                                                                            \
        E *t = start();                                                                                                \
        uint32_t sum = 0;                                                                                              \
        for (unsigned i = 0; i < WALK_ELEMENTS; i++) {                                                                 \
            walk_round();                                                                                              \
            SET(t[i], i + 1);                                                                                          \
        }                                                                                                              \
        for (unsigned i = 0; i < WALK_ELEMENTS; i++) {                                                                 \
            walk_round();                                                                                              \
            sum += VALUE(t[i]);                                                                                        \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_index_down(void) {                                                                          \
        E *t = start();                                                                                                \
        uint32_t sum = 0;                                                                                              \
        for (unsigned i = WALK_ELEMENTS; i-- > 0;) {                                                                   \
            walk_round();                                                                                              \
            SET(t[i], i + 1);                                                                                          \
        }                                                                                                              \
        for (unsigned i = WALK_ELEMENTS; i-- > 0;) {                                                                   \
            walk_round();                                                                                              \
            sum += VALUE(t[i]);                                                                                        \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_pointer_up(void) {                                                                          \
        E *t = start();                                                                                                \
        uint32_t sum = 0, n = 0;                                                                                       \
        for (E *p = t; p != t + WALK_ELEMENTS; p++) {                                                                  \
            SET(*p, ++n);                                                                                              \
            walk_round();                                                                                              \
        }                                                                                                              \
        for (const E *p = t; p != t + WALK_ELEMENTS; p++) {                                                            \
            walk_round();                                                                                              \
            sum += VALUE(*p);                                                                                          \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_pointer_down(void) {                                                                        \
        E *p = start() + walk_count();                                                                                 \
        uint32_t sum = 0;                                                                                              \
        unsigned n = walk_count();                                                                                     \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            walk_round();                                                                                              \
            --p;                                                                                                       \
            SET(*p, i + 1);                                                                                            \
        }                                                                                                              \
        p += n;                                                                                                        \
        do {                                                                                                           \
            walk_round();                                                                                              \
            --p;                                                                                                       \
            sum += VALUE(*p);                                                                                          \
        } while (--n != 0);                                                                                            \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_step_up(void) {                                                                             \
        E *t = start();                                                                                                \
        uint32_t sum = 0;                                                                                              \
        unsigned n = walk_count();                                                                                     \
        for (unsigned i = 0; i < n; i++) {                                                                             \
            SET(t[i], i + 1);                                                                                          \
            walk_round();                                                                                              \
            sum += VALUE(t[i]);                                                                                        \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_step_down(void) {                                                                           \
        E *t = start();                                                                                                \
        uint32_t sum = 0;                                                                                              \
        unsigned n = walk_count();                                                                                     \
        while (n-- > 0) {                                                                                              \
            SET(t[n], n + 1);                                                                                          \
            walk_round();                                                                                              \
            sum += VALUE(t[n]);                                                                                        \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_from_one(void) {                                                                            \
        E *t = start();                                                                                                \
        uint32_t sum = 0;                                                                                              \
        unsigned n = walk_count();                                                                                     \
        for (unsigned i = 1; i <= n; i++) {                                                                            \
            walk_round();                                                                                              \
            SET(t[i - 1], i);                                                                                          \
        }                                                                                                              \
        for (unsigned i = 1; i <= n; i++) {                                                                            \
            walk_round();                                                                                              \
            sum += VALUE(t[i - 1]);                                                                                    \
        }                                                                                                              \
        return sum;                                                                                                    \
    }                                                                                                                  \
    static uint32_t name##_copies(void) {                                                                              \
        E *t = start();                                                                                                \
        unsigned n = walk_count();                                                                                     \
        uint32_t sum = 1;                                                                                              \
        SET(t[0], 1);                                                                                                  \
        for (unsigned i = 1; i < n; i++) {                                                                             \
            walk_round();                                                                                              \
            t[i] = t[i - 1];                                                                                           \
            SET(t[i], VALUE(t[i]) + 1);                                                                                \
        }                                                                                                              \
        for (unsigned i = n - 1; i > 0; i--) {                                                                         \
            walk_round();                                                                                              \
            sum += VALUE(t[i]);                                                                                        \
            t[i] = t[i - 1];                                                                                           \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

#define WALKS_OF(bytes, VALUE, SET)                                                                                    \
    static inline walk_##bytes *array_##bytes(void) {                                                                  \
        return walk_make();                                                                                            \
    }                                                                                                                  \
    static inline walk_##bytes *between_##bytes(void) {                                                                \
        struct walk_between_##bytes *between = walk_make();                                                            \
        return between->elements;                                                                                      \
    }                                                                                                                  \
    WALKS(array_##bytes, walk_##bytes, array_##bytes, VALUE, SET)                                                      \
    WALKS(struct_##bytes, walk_##bytes, between_##bytes, VALUE, SET)

WALKS_OF(4, VALUE_4, SET_4)
WALKS_OF(8, VALUE_8, SET_8)
WALKS_OF(12, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(16, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(24, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(32, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(40, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(48, VALUE_STRUCT, SET_STRUCT)
WALKS_OF(64, VALUE_STRUCT, SET_STRUCT)

#define ENTRY(bytes, walk)                                                                                             \
    { #walk, array_##bytes##_##walk, struct_##bytes##_##walk }
#define ENTRIES(bytes)                                                                                                 \
    {bytes,                                                                                                            \
     {ENTRY(bytes, index_up), ENTRY(bytes, index_down), ENTRY(bytes, pointer_up), ENTRY(bytes, pointer_down),          \
      ENTRY(bytes, step_up), ENTRY(bytes, step_down), ENTRY(bytes, from_one), ENTRY(bytes, copies)}},

const struct walk_compilation TABLE = {COMPILER, {WALK_SIZES(ENTRIES)}};
