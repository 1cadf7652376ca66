/* moat: types, slots and roots, described at compile time.
 *
 * A type says where the slots of an object are. MOAT_TYPE builds it from field names, in flash. Nothing is registered
 * at run time. A field that is a slot and is not named is not scanned: the object that it points at can be freed while
 * it is in use.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TYPE_H
#define MOAT_TYPE_H

#include "moat_compiler.h"

#include <stddef.h>
#include <stdint.h>

/* A machine word: a slot, a header, one unit of a pointer map. */
typedef uintptr_t moat_word;

/* No sizeof: compilers warn of sizeof(pointer) / sizeof(word). */
#define MOAT_WORD_BYTES ((size_t)__SIZEOF_POINTER__)
#define MOAT_WORD_BITS (8 * MOAT_WORD_BYTES)

/* Payloads are aligned to two words: 8 bytes on 32-bit cores, 16 on 64-bit. So is the granule. */
#define MOAT_GRANULE (2 * MOAT_WORD_BYTES)

/* A run of equal pieces inside a type: for slots beyond the first MOAT_WORD_BITS words, for arrays of structs, and for
 * the tail of a flexible type. */
struct moat_run {
    uint32_t offset; /* bytes from the payload's start to the first piece */
    uint32_t stride; /* bytes from a piece to the next; a multiple of the word */
    uint32_t count;  /* pieces; MOAT_RUN_TAIL: as many as the object has room for */
    moat_word map;   /* bit i: word i of each piece is a slot; of each inner piece, if there are any */
    /* a repeat in the repeat: inner pieces of each piece */
    uint32_t inner_offset; /* bytes from a piece's start to its first inner piece */
    uint32_t inner_stride; /* bytes from one to the next, a multiple of the word; if there are none, see below */
    uint32_t inner_count;  /* 0: none */
};

/* An inner_stride for runs without inner pieces. It says that the words of the map may be numbers as well, as those of
 * a union of both may. Each keeps the object that it points into. The compiler plugin makes such runs. */
#define MOAT_RUN_DOUBTFUL 1

/* A count: as many pieces as the object has room for. */
#define MOAT_RUN_TAIL UINT32_MAX

/* A type. Lives in the types' section: a header names it by its offset there. Made by the macros below only. */
struct moat_type {
    const char *name;            /* as written in the source: "struct node" */
    void (*finalize)(void *obj); /* or NULL; see MOAT_TYPE_FINALIZED */
    moat_word map;               /* bit i: word i of the payload is a slot */
    const struct moat_run *runs; /* or NULL */
    uint32_t size;               /* bytes of one element's payload */
    uint32_t extent;             /* bytes of a whole object: header, payload, padding; | MOAT_EXTENT_SLOW */
    uint32_t run_count;          /* entries in runs */
    uint16_t flexible;           /* 1: the last run is a tail */
    uint16_t front_bytes;        /* of its slots, if they are its first words, few, and nothing else is one; else 0 */
};

/* The largest number of slots for which front_bytes is set. */
#define MOAT_FRONT_SLOTS 8

/* Set in the extent of types that are not for the allocator's fast path: finalized types, and those of objects of more
 * than MOAT_EXTENT_FAST granules. It makes the extent larger than any chunk, so the fast path needs no test for them.
 */
enum moat_extent {
    MOAT_EXTENT_FAST = 32,
    MOAT_EXTENT_NEAR_BYTES =
        64, /* objects up to here are near all their addresses: docs/design.md, "Ambiguous words" */
    MOAT_EXTENT_SLOW_BIT = 31,
};
#define MOAT_EXTENT_SLOW ((uint32_t)1 << MOAT_EXTENT_SLOW_BIT)

/* Types stand at multiples of this, so that a header names one in few bits. */
#define MOAT_TYPE_ALIGN (8 * sizeof(void *))

/* MOAT_TYPE(name, T, fields...): defines the type `name` of objects `T` whose slots are `fields`.
 *
 * name    an identifier; `const struct moat_type name` is defined, at file scope and never static
 * T       a complete type, e.g. `struct node`; any size, alignment of at most MOAT_GRANULE; not packed, if it has slots
 * fields  none to 24 members of T. Each is a slot, an array of slots, or such a member of a nested struct or union
 *         (`inner.next`). None: objects without slots, never scanned
 *
 * A member that is no pointer, or not aligned, fails to compile. MOAT_NEW(name) returns a `T *`. Cost: flash only, 8
 * words, and 7 more for each field if one of them lies beyond the first MOAT_WORD_BITS words. */
#define MOAT_TYPE(...) MOAT_JOIN_(MOAT_TYPE_, MOAT_BARE_OR_SLOTS_(__VA_ARGS__))(__VA_ARGS__)

/* MOAT_TYPE_FINALIZED(name, T, finalizer, fields...): as MOAT_TYPE, with a finalizer. `void finalizer(void *object)` is
 * called once after the object was found unreachable: at a safe point in thread mode, outside the collector, never in a
 * handler. It may allocate and store, and may make the object reachable again. It is not called a second time. Cost:
 * one more word in each object. Arrays of such a type can't be made. */
#define MOAT_TYPE_FINALIZED(name, T, ...)                                                                              \
    MOAT_JOIN_(MOAT_FINALIZED_, MOAT_BARE_OR_SLOTS_(T, __VA_ARGS__))(name, T, __VA_ARGS__)

/* MOAT_TYPE_RUNS(name, T, runs...): a type that is described by runs alone, for arrays of structs and other large
 * shapes.
 * runs    one or more of these; a struct with several such members takes a run for each
 *         MOAT_RUN_SLOTS(T, member): a slot, or an array of slots
 *         MOAT_RUN_STRUCTS(T, member, S, fields...): a struct S, or an array of them, whose slots are `fields`, all
 *         within its first MOAT_WORD_BITS words
 *         MOAT_RUN_NESTED(T, member, S, inner): the same, where `inner` is a slot or an array of slots of S, and may
 *         lie anywhere in it
 *         MOAT_RUN_NESTED_STRUCTS(T, member, S, inner, R, fields...): the same, where `inner` is a struct R or an array
 *         of them, whose slots are `fields`, all within its first MOAT_WORD_BITS words */
#define MOAT_TYPE_RUNS(name_, T, ...)                                                                                  \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    MOAT_USES_(name_, runs, 1);                                                                                        \
    static const struct moat_run name_##_runs_[] = {__VA_ARGS__};                                                      \
    MOAT_TYPE_PLACED_(name_) = {.name = #T,                                                                            \
                                .runs = name_##_runs_,                                                                 \
                                .size = sizeof(T),                                                                     \
                                .extent = MOAT_EXTENT_OF_(sizeof(T)),                                                  \
                                .run_count = sizeof name_##_runs_ / sizeof name_##_runs_[0]}

/* MOAT_TYPE_FLEX(name, T, runs..., tail): a type that ends in a flexible array, made with MOAT_NEW_FLEX.
 * runs    as for MOAT_TYPE_RUNS, for the slots before the tail
 * tail    the last entry: MOAT_TAIL_SLOTS(T, member), MOAT_TAIL_STRUCTS(T, member, S, fields...)
 *         or MOAT_TAIL_BYTES(T, member); or some of MOAT_TAIL_NESTED(T, member, S, inner) and
 *         MOAT_TAIL_NESTED_STRUCTS(T, member, S, inner, R, fields...), one for each array of S */
#define MOAT_TYPE_FLEX(name_, T, ...)                                                                                  \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    MOAT_USES_(name_, runs, 1);                                                                                        \
    static const struct moat_run name_##_runs_[] = {__VA_ARGS__};                                                      \
    MOAT_TYPE_PLACED_(name_) = {.name = #T,                                                                            \
                                .runs = name_##_runs_,                                                                 \
                                .size = sizeof(T),                                                                     \
                                .extent = MOAT_EXTENT_OF_(sizeof(T)),                                                  \
                                .run_count = sizeof name_##_runs_ / sizeof name_##_runs_[0],                           \
                                .flexible = 1}

/* The entries of MOAT_TYPE_RUNS and MOAT_TYPE_FLEX, which say what each is for. */
#define MOAT_RUN_SLOTS(T, member)                                                                                      \
    MOAT_RUN_(T, member, MOAT_WORD_BYTES, MOAT_FIELD_WORDS_(T, member) + MOAT_FIELD_CLAIM_(T, member), 1)
#define MOAT_RUN_STRUCTS(T, member, S, ...)                                                                            \
    MOAT_RUN_(T, member, sizeof(S), MOAT_MEMBERS_(T, member, S), MOAT_STRUCT_MAP_(S, __VA_ARGS__))
#define MOAT_RUN_NESTED(T, member, S, inner)                                                                           \
    MOAT_RUN_INNER_(T, member, S, MOAT_MEMBERS_(T, member, S), 1, inner, MOAT_WORD_BYTES,                              \
                    MOAT_FIELD_WORDS_(S, inner) + MOAT_FIELD_CLAIM_(S, inner))
#define MOAT_RUN_NESTED_STRUCTS(T, member, S, inner, R, ...)                                                           \
    MOAT_RUN_INNER_(T, member, S, MOAT_MEMBERS_(T, member, S), MOAT_STRUCT_MAP_(R, __VA_ARGS__), inner, sizeof(R),     \
                    MOAT_MEMBERS_(S, inner, R))
#define MOAT_TAIL_SLOTS(T, member)                                                                                     \
    MOAT_RUN_(T, member, MOAT_WORD_BYTES, MOAT_RUN_TAIL + MOAT_FIELD_CLAIM_(T, member), 1)
#define MOAT_TAIL_STRUCTS(T, member, S, ...)                                                                           \
    MOAT_RUN_(T, member, sizeof(S), MOAT_RUN_TAIL + MOAT_MADE_OF_(T, member, S), MOAT_STRUCT_MAP_(S, __VA_ARGS__))
#define MOAT_TAIL_NESTED(T, member, S, inner)                                                                          \
    MOAT_RUN_INNER_(T, member, S, MOAT_RUN_TAIL + MOAT_MADE_OF_(T, member, S), 1, inner, MOAT_WORD_BYTES,              \
                    MOAT_FIELD_WORDS_(S, inner) + MOAT_FIELD_CLAIM_(S, inner))
#define MOAT_TAIL_NESTED_STRUCTS(T, member, S, inner, R, ...)                                                          \
    MOAT_RUN_INNER_(T, member, S, MOAT_RUN_TAIL + MOAT_MADE_OF_(T, member, S), MOAT_STRUCT_MAP_(R, __VA_ARGS__),       \
                    inner, sizeof(R), MOAT_MEMBERS_(S, inner, R))
#define MOAT_TAIL_BYTES(T, member) MOAT_RUN_(T, member, sizeof(((T *)0)->member[0]), MOAT_RUN_TAIL, 0)

/* MOAT_TYPE_DECLARE(name, T): declares the type `name`, of objects T, which another unit defines. T may be incomplete.
 */
#define MOAT_TYPE_DECLARE(name_, T)                                                                                    \
    typedef __typeof__(T) moat_object_of_##name_;                                                                      \
    MOAT_C_ const struct moat_type name_

/* The T of a type, by the type's name. */
#define MOAT_OBJECT_OF_(type) MOAT_JOIN_(moat_object_of_, type)

/* MOAT_REF(T): the type of a slot that points at a managed T: `MOAT_REF(struct node) left, right;` are two. */
#define MOAT_REF(T) __typeof__(T *)

/* MOAT_RAW(slot): the slot as an ordinary lvalue, for the lint build, which otherwise refuses to write to slots. Use it
 * for a local struct, and for memory that has slots but is not managed yet. It has no barrier and no check: do not use
 * it for the heap or for roots. */
#define MOAT_RAW(slot) (slot)

/* MOAT_ROOT(T) name: defines a slot, or an array of slots, in the root section: `static MOAT_ROOT(struct node) list;`,
 * or several: `static MOAT_ROOT(struct node) first, last;`. It is zero at start, and the object that it points at is
 * kept. Give no initialiser: the section is cleared, not copied. */
#define MOAT_ROOT(T) __attribute__((MOAT_SECTION_(".bss.moat_roots", "moat_roots"))) __typeof__(T *)

/* MOAT_ROOT_OF(type, T, name): defines the static variable `T name`. Its slots, those of `type`, are roots. The rest of
 * it is plain data. It is zero at start. `type` has no finalizer and is not flexible. */
#define MOAT_ROOT_OF(type, T, name)                                                                                    \
    MOAT_USES_(name, more_roots, 1);                                                                                   \
    _Static_assert(__builtin_types_compatible_p(T, MOAT_OBJECT_OF_(type)), #type " is no type of " #T);                \
    static __attribute__((MOAT_SECTION_(".bss.moat_typed_roots", "moat_typed_roots"))) T name;                         \
    __attribute__((MOAT_SECTION_(".rodata.moat_root_records", "moat_root_records"), aligned(MOAT_WORD_BYTES),          \
                   used)) static const struct moat_root name##_root_ = {&name, &type, 1}

/* A typed root: `count` elements of `type` at `start`; type NULL: `count` slots. */
struct moat_root {
    void *start;
    const struct moat_type *type;
    size_t count;
};

/* C++ firmware describes its types with moat.hpp, or in C files. Types of C files are declared by MOAT_TYPE_DECLARE, in
 * a header for both. */
#ifdef __cplusplus
#undef MOAT_TYPE
#undef MOAT_TYPE_FINALIZED
#undef MOAT_TYPE_RUNS
#undef MOAT_TYPE_FLEX
#undef MOAT_ROOT_OF
#define MOAT_TYPE(...) MOAT_IN_C_FILES_
#define MOAT_TYPE_FINALIZED(...) MOAT_IN_C_FILES_
#define MOAT_TYPE_RUNS(...) MOAT_IN_C_FILES_
#define MOAT_TYPE_FLEX(...) MOAT_IN_C_FILES_
#define MOAT_ROOT_OF(...) MOAT_IN_C_FILES_
#define MOAT_IN_C_FILES_                                                                                               \
    static_assert(sizeof(char) == 0,                                                                                   \
                  "types and typed roots are described in a C file: C++ has MOAT_TYPE_DECLARE for them, "              \
                  "or moat.hpp and MOAT_DESCRIBE")
#endif

/* ---- from here on: how the macros above are made ---- */

#define MOAT_JOIN_(a, b) MOAT_JOIN_NOW_(a, b)
#define MOAT_JOIN_NOW_(a, b) a##b

#define MOAT_WORDS_UP_(bytes) (((bytes) + MOAT_WORD_BYTES - 1) / MOAT_WORD_BYTES * MOAT_WORD_BYTES)
#define MOAT_EXTENT_OF_(payload)                                                                                       \
    (MOAT_EXTENT_(payload) | (MOAT_EXTENT_(payload) > MOAT_EXTENT_FAST * MOAT_GRANULE ? MOAT_EXTENT_SLOW : 0))
#define MOAT_EXTENT_(payload) (((payload) + MOAT_WORD_BYTES + MOAT_GRANULE - 1) / MOAT_GRANULE * MOAT_GRANULE)

#define MOAT_TYPE_PLACED_(name_)                                                                                       \
    __attribute__((MOAT_SECTION_(".rodata.moat_types", "moat_types"), aligned(MOAT_TYPE_ALIGN)))                       \
    const struct moat_type name_

/* Types without slots stand together, behind the others: marking tells them by their place. */
#define MOAT_LEAF_TYPE_PLACED_(name_)                                                                                  \
    __attribute__((MOAT_SECTION_(".rodata.moat_leaf_types", "moat_types"), aligned(MOAT_TYPE_ALIGN)))                  \
    const struct moat_type name_

/* This is the first part of each definition. The two functions are never called. Their names are the message if the
 * definition stands in a wrong place: with `static` before it, the first is a weak declaration that must be public;
 * inside a function, the second can't be. Objects that are too large for the fast path are made by a part of its own;
 * the link of a finalized object counts. */
#define MOAT_TYPE_CHECK_(name_, T)                                                                                     \
    __attribute__((weak)) void MOAT_TYPE_of_##name_##_must_not_be_static(void);                                        \
    __attribute__((unused)) static inline void MOAT_TYPE_of_##name_##_must_stand_outside_of_functions(void) {          \
    }                                                                                                                  \
    MOAT_TYPE_DECLARE(name_, T);                                                                                       \
    MOAT_TYPE_BESIDE_(name_, T)                                                                                        \
    MOAT_USES_(name_, large, MOAT_LINKED_EXTENT_(T) > MOAT_EXTENT_FAST * MOAT_GRANULE);                                \
    MOAT_USES_(name_, far, MOAT_LINKED_EXTENT_(T) > MOAT_EXTENT_NEAR_BYTES);                                           \
    _Static_assert(_Alignof(T) <= MOAT_GRANULE, #T " needs a larger alignment than the heap gives");                   \
    _Static_assert(sizeof(T) <= 0x7fffffffu - 64, #T " is too large")

/* The lint build's and the plugin's, for its map of T. */
#ifdef MOAT_PLUGIN
#define MOAT_TYPE_BESIDE_(name_, T) __attribute__((unused)) static __typeof__(T) *const moat_plugin_of_##name_ = 0;
#else
#define MOAT_TYPE_BESIDE_(name_, T)
#endif

#define MOAT_TYPE_MANY_(name_, T, ...)                                                                                 \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    _Static_assert(0, MOAT_MANY_TEXT_(T))
#define MOAT_FINALIZED_MANY_(name_, T, finalizer, ...) MOAT_TYPE_MANY_(name_, T, )

#define MOAT_TYPE_BARE_(name_, T)                                                                                      \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    MOAT_LEAF_TYPE_PLACED_(name_) = {.name = #T, .size = sizeof(T), .extent = MOAT_EXTENT_OF_(sizeof(T))}

#define MOAT_LINKED_EXTENT_(T) MOAT_EXTENT_(MOAT_WORDS_UP_(sizeof(T)) + MOAT_WORD_BYTES)
#define MOAT_FINALIZED_EXTENT_(T) (MOAT_EXTENT_SLOW | MOAT_LINKED_EXTENT_(T))
#define MOAT_FINALIZED_BARE_(name_, T, finalizer)                                                                      \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    MOAT_USES_(name_, finalizers, 1);                                                                                  \
    MOAT_LEAF_TYPE_PLACED_(name_) = {                                                                                  \
        .name = #T, .finalize = finalizer, .size = sizeof(T), .extent = MOAT_FINALIZED_EXTENT_(T)}
#define MOAT_FINALIZED_SLOTS_(name_, T, finalizer, ...)                                                                \
    MOAT_TYPE_SLOTS_WITH_(name_, T, finalizer, MOAT_FINALIZED_EXTENT_(T), __VA_ARGS__);                                \
    MOAT_USES_(name_, finalizers, 1)

#define MOAT_TYPE_SLOTS_(name, T, ...) MOAT_TYPE_SLOTS_WITH_(name, T, NULL, MOAT_EXTENT_OF_(sizeof(T)), __VA_ARGS__)

#define MOAT_TYPE_SLOTS_WITH_(name_, T, finalizer, extent_, ...)                                                       \
    MOAT_TYPE_CHECK_(name_, T);                                                                                        \
    static const struct moat_run name_##_runs_[] = {MOAT_EACH_(MOAT_FIELD_RUN_, T, __VA_ARGS__)};                      \
    MOAT_USES_(name_, runs, !MOAT_FITS_(T, __VA_ARGS__));                                                              \
    MOAT_TYPE_PLACED_(name_) = {                                                                                       \
        .name = #T,                                                                                                    \
        .finalize = finalizer,                                                                                         \
        .map = 0 MOAT_EACH_(MOAT_FIELD_OR_, T, __VA_ARGS__),                                                           \
        .runs = MOAT_FITS_(T, __VA_ARGS__) ? NULL : name_##_runs_,                                                     \
        .size = sizeof(T),                                                                                             \
        .extent = (extent_),                                                                                           \
        .run_count = MOAT_FITS_(T, __VA_ARGS__) ? 0 : sizeof name_##_runs_ / sizeof name_##_runs_[0],                  \
        .front_bytes = MOAT_FITS_(T, __VA_ARGS__) ? MOAT_FRONT_BYTES_(MOAT_MAP_(T, __VA_ARGS__)) : 0}

/* Without the claims, which can be made once only. */
#define MOAT_MAP_(T, ...) (0 MOAT_EACH_(MOAT_FIELD_OR_UNCHECKED_, T, __VA_ARGS__))
#define MOAT_FITS_(T, ...) (1 MOAT_EACH_(MOAT_FIELD_AND_FITS_, T, __VA_ARGS__))
#define MOAT_FRONT_BYTES_(map)                                                                                         \
    ((((map) + 1) & (map)) == 0 && (map) >> MOAT_FRONT_SLOTS == 0                                                      \
         ? (uint16_t)((unsigned)__builtin_popcount((unsigned)(map)) * MOAT_WORD_BYTES)                                 \
         : 0)

#define MOAT_RUN_(T, member, stride, count, map)                                                                       \
    { offsetof(T, member), stride, count, map, 0, 0, 0 }
#define MOAT_RUN_INNER_(T, member, S, count, map, inner, inner_stride, inner_count)                                    \
    { offsetof(T, member), sizeof(S), count, map, offsetof(S, inner), inner_stride, inner_count }
#define MOAT_MEMBERS_(T, member, S) (sizeof(((T *)0)->member) / sizeof(S) + MOAT_MADE_OF_(T, member, S))

#define MOAT_FIELD_WORD_(T, f) (offsetof(T, f) / MOAT_WORD_BYTES)
#define MOAT_FIELD_WORDS_(T, f) (sizeof(((T *)0)->f) / MOAT_WORD_BYTES)
#define MOAT_FIELD_FITS_(T, f) (MOAT_FIELD_WORD_(T, f) + MOAT_FIELD_WORDS_(T, f) <= MOAT_WORD_BITS)
#define MOAT_FIELD_MAP_(T, f)                                                                                          \
    (MOAT_FIELD_FITS_(T, f) ? (~(moat_word)0 >> ((MOAT_WORD_BITS - MOAT_FIELD_WORDS_(T, f)) % MOAT_WORD_BITS))         \
                                  << (MOAT_FIELD_WORD_(T, f) % MOAT_WORD_BITS)                                         \
                            : (moat_word)0)

/* 0, in a constant expression; a compile error that says `text` unless `condition`. clang repeats the condition in its
 * message: it is given a name, so that this is short. */
#define MOAT_CLAIM_(condition, text) MOAT_CLAIM_NAMED_(MOAT_JOIN_(moat_claim_, __COUNTER__), condition, text)
#define MOAT_CLAIM_NAMED_(name, condition, text)                                                                       \
    (0 * sizeof(struct {                                                                                               \
         enum { name = (condition) } is_true;                                                                          \
         _Static_assert(name, text);                                                                                   \
     }))

/* A member is a pointer, or an array of them in up to three dimensions, at addresses that slots can have. */
#define MOAT_FIELD_CLAIM_(T, f)                                                                                        \
    (MOAT_CLAIM_(MOAT_IS_POINTER_(((T *)0)->f), #T "." #f " is not a slot: it is no pointer, and no array of them") +  \
     MOAT_CLAIM_(offsetof(T, f) % MOAT_WORD_BYTES == 0, #T "." #f " is not a slot: it is not aligned") +               \
     MOAT_CLAIM_(_Alignof(T) % MOAT_WORD_BYTES == 0,                                                                   \
                 #T " is packed: in arrays and roots its slots would not be aligned"))
#define MOAT_FIELD_NEAR_CLAIM_(T, f)                                                                                   \
    (MOAT_FIELD_CLAIM_(T, f) + MOAT_CLAIM_(MOAT_FIELD_FITS_(T, f), #T "." #f " lies behind the words that a map has: " \
                                                                      "describe it with MOAT_RUN_NESTED"))
#define MOAT_MADE_OF_(T, member, S)                                                                                    \
    MOAT_CLAIM_(__builtin_types_compatible_p(__typeof__(MOAT_INNERMOST_(((T *)0)->member)), S),                        \
                #T "." #member " is not made of " #S)

#define MOAT_IS_POINTER_(x) (__builtin_classify_type(MOAT_INNERMOST_(x)) == MOAT_CLASS_POINTER_)
#define MOAT_INNERMOST_(x) MOAT_ELEMENT_(MOAT_ELEMENT_(MOAT_ELEMENT_(x)))
/* The first element of an array; what is none, as it is. */
#define MOAT_ELEMENT_(x) (*__builtin_choose_expr(MOAT_IS_ARRAY_(x), (x), &(x)))
#define MOAT_IS_ARRAY_(x)                                                                                              \
    (!__builtin_types_compatible_p(__typeof__(x), MOAT_TYPE_OF_VALUE_(x)) &&                                           \
     !__builtin_types_compatible_p(__typeof__(x), _Atomic(MOAT_TYPE_OF_VALUE_(x))))

/* An array's or a function's as the pointer that it decays to; without qualifiers. */
#define MOAT_TYPE_OF_VALUE_(x) __typeof__(((void)0, x))

/* The answer of GCC and clang. */
#define MOAT_CLASS_POINTER_ 5

#define MOAT_FIELD_OR_(T, f) | (MOAT_FIELD_MAP_(T, f) + MOAT_FIELD_CLAIM_(T, f))
#define MOAT_FIELD_OR_UNCHECKED_(T, f) | MOAT_FIELD_MAP_(T, f)
#define MOAT_FIELD_STRUCT_OR_(T, f) | (MOAT_FIELD_MAP_(T, f) + MOAT_FIELD_NEAR_CLAIM_(T, f))
#define MOAT_FIELD_AND_FITS_(T, f) &&MOAT_FIELD_FITS_(T, f)
#define MOAT_FIELD_RUN_(T, f) MOAT_RUN_(T, f, MOAT_WORD_BYTES, MOAT_FIELD_FITS_(T, f) ? 0 : MOAT_FIELD_WORDS_(T, f), 1),
#define MOAT_STRUCT_MAP_(S, ...)                                                                                       \
    (0 MOAT_JOIN_(MOAT_STRUCT_MAP_, MOAT_BARE_OR_SLOTS_(~, S, __VA_ARGS__))(S, __VA_ARGS__))
#define MOAT_STRUCT_MAP_SLOTS_(S, ...) MOAT_EACH_(MOAT_FIELD_STRUCT_OR_, S, __VA_ARGS__)
#define MOAT_STRUCT_MAP_MANY_(S, ...) +MOAT_CLAIM_(0, MOAT_MANY_TEXT_(S))

#define MOAT_EACH_(m, t, ...) MOAT_JOIN_(MOAT_JOIN_(MOAT_EACH_, MOAT_COUNT_(__VA_ARGS__)), _)(m, t, __VA_ARGS__)
#define MOAT_COUNT_(...)                                                                                               \
    MOAT_COUNT_PICK_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,  \
                     1, 0)
#define MOAT_COUNT_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20,    \
                         a21, a22, a23, a24, pick, ...)                                                                \
    pick

/* Behind a name and a type: nothing is BARE_, 1 to 24 fields are SLOTS_. With more the pick is a field: MANY_. */
#define MOAT_BARE_OR_SLOTS_(...)                                                                                       \
    MOAT_KIND_OF_(MOAT_BARE_PICK_(__VA_ARGS__, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, \
                                  SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_,      \
                                  SLOTS_, SLOTS_, SLOTS_, SLOTS_, SLOTS_, BARE_, BARE_, 0))
#define MOAT_BARE_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20,     \
                        a21, a22, a23, a24, a25, a26, pick, ...)                                                       \
    pick
#define MOAT_KIND_OF_(pick) MOAT_SECOND_(MOAT_JOIN_(MOAT_KIND_, pick), MANY_, 0)
#define MOAT_KIND_SLOTS_ 0, SLOTS_
#define MOAT_KIND_BARE_ 0, BARE_
#define MOAT_SECOND_(...) MOAT_SECOND_NOW_(__VA_ARGS__)
#define MOAT_SECOND_NOW_(first, second, ...) second
#define MOAT_MANY_TEXT_(T) #T " has more than 24 slots in one list: MOAT_TYPE_RUNS takes as many as there are"

#define MOAT_EACH_1_(m, t, f) m(t, f)
#define MOAT_EACH_2_(m, t, f, ...) m(t, f) MOAT_EACH_1_(m, t, __VA_ARGS__)
#define MOAT_EACH_3_(m, t, f, ...) m(t, f) MOAT_EACH_2_(m, t, __VA_ARGS__)
#define MOAT_EACH_4_(m, t, f, ...) m(t, f) MOAT_EACH_3_(m, t, __VA_ARGS__)
#define MOAT_EACH_5_(m, t, f, ...) m(t, f) MOAT_EACH_4_(m, t, __VA_ARGS__)
#define MOAT_EACH_6_(m, t, f, ...) m(t, f) MOAT_EACH_5_(m, t, __VA_ARGS__)
#define MOAT_EACH_7_(m, t, f, ...) m(t, f) MOAT_EACH_6_(m, t, __VA_ARGS__)
#define MOAT_EACH_8_(m, t, f, ...) m(t, f) MOAT_EACH_7_(m, t, __VA_ARGS__)
#define MOAT_EACH_9_(m, t, f, ...) m(t, f) MOAT_EACH_8_(m, t, __VA_ARGS__)
#define MOAT_EACH_10_(m, t, f, ...) m(t, f) MOAT_EACH_9_(m, t, __VA_ARGS__)
#define MOAT_EACH_11_(m, t, f, ...) m(t, f) MOAT_EACH_10_(m, t, __VA_ARGS__)
#define MOAT_EACH_12_(m, t, f, ...) m(t, f) MOAT_EACH_11_(m, t, __VA_ARGS__)
#define MOAT_EACH_13_(m, t, f, ...) m(t, f) MOAT_EACH_12_(m, t, __VA_ARGS__)
#define MOAT_EACH_14_(m, t, f, ...) m(t, f) MOAT_EACH_13_(m, t, __VA_ARGS__)
#define MOAT_EACH_15_(m, t, f, ...) m(t, f) MOAT_EACH_14_(m, t, __VA_ARGS__)
#define MOAT_EACH_16_(m, t, f, ...) m(t, f) MOAT_EACH_15_(m, t, __VA_ARGS__)
#define MOAT_EACH_17_(m, t, f, ...) m(t, f) MOAT_EACH_16_(m, t, __VA_ARGS__)
#define MOAT_EACH_18_(m, t, f, ...) m(t, f) MOAT_EACH_17_(m, t, __VA_ARGS__)
#define MOAT_EACH_19_(m, t, f, ...) m(t, f) MOAT_EACH_18_(m, t, __VA_ARGS__)
#define MOAT_EACH_20_(m, t, f, ...) m(t, f) MOAT_EACH_19_(m, t, __VA_ARGS__)
#define MOAT_EACH_21_(m, t, f, ...) m(t, f) MOAT_EACH_20_(m, t, __VA_ARGS__)
#define MOAT_EACH_22_(m, t, f, ...) m(t, f) MOAT_EACH_21_(m, t, __VA_ARGS__)
#define MOAT_EACH_23_(m, t, f, ...) m(t, f) MOAT_EACH_22_(m, t, __VA_ARGS__)
#define MOAT_EACH_24_(m, t, f, ...) m(t, f) MOAT_EACH_23_(m, t, __VA_ARGS__)

#endif
