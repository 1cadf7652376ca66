/* moat: the lint build. With -DMOAT_LINT -fsyntax-only a slot is const. So code that writes a slot without a macro, or
 * copies over it as raw bytes, does not compile. With -DMOAT_LINT=2 a slot is volatile. That forbids nothing, but shows
 * in the debug information: `moat lint` compares the maps of types in such an object. See docs/lint.md. moat.h includes
 * this after the macros that it replaces.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_LINT_H
#define MOAT_LINT_H

/* Such an object does not link with anything else of moat's. */
MOAT_STAMP_(LINT, 1);

/* ---- the map of a type, beside the members that it should name ---- */

#undef MOAT_REF
#if MOAT_LINT == 2
#define MOAT_REF(T) __typeof__(T *volatile)

#undef MOAT_TYPE_BESIDE_
#define MOAT_TYPE_BESIDE_(name, T) __attribute__((used)) static __typeof__(T) *const moat_lint_##name = 0;
#else

#ifdef __has_include
#if __has_include(<string.h>)
#include <string.h>
#endif
#if __has_include(<strings.h>)
#include <strings.h>
#endif
#endif

/* The address of a slot, given to something that takes a pointer to what it may write, as T **, void * or char *. */
#ifdef __clang__
#pragma clang diagnostic error "-Wincompatible-pointer-types"
#else
#pragma GCC diagnostic error "-Wdiscarded-qualifiers"
#pragma GCC diagnostic error "-Wdiscarded-array-qualifiers"
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#endif

/* ---- slots are const, and the macros may write them ---- */

#define MOAT_REF(T) __typeof__(T *const)

#undef MOAT_ROOT
#define MOAT_ROOT(T) __typeof__(T *const)

/* By way of an integer, which -Wcast-qual lets pass. */
#define MOAT_LINT_WRITABLE_(p) ((void *)(uintptr_t)(const volatile void *)(p))

#undef MOAT_TARGET_
#define MOAT_TARGET_(slot) MOAT_RAW(slot)

#undef MOAT_RAW
#define MOAT_RAW(slot) (*(MOAT_LINT_VALUE_(&(slot)) *)MOAT_LINT_WRITABLE_(&(slot)))

#define moat_move_part(type, to, from, offset, bytes) moat_move_part(type, MOAT_LINT_WRITABLE_(to), from, offset, bytes)
#define moat_move_array(type, to, from, count) moat_move_array(type, MOAT_LINT_WRITABLE_(to), from, count)
#define moat_zero(type, at) moat_zero(type, MOAT_LINT_WRITABLE_(at))
#define moat_root_add(start, type, count) moat_root_add(MOAT_LINT_WRITABLE_(start), type, count)
#define moat_root_remove(start) moat_root_remove(MOAT_LINT_WRITABLE_(start))

/* ---- raw copies ---- */

/* An argument of a function that copies or fills raw bytes: p itself. It is a compile error if p points at a slot, at
 * something that holds slots, or at an array of slots. A struct with slots is not assignable, as it has const members.
 * A slot by itself is a const pointer; so, alas, is each element of a constant table of pointers. Types stand before
 * names: where such calls nest, no name is in the scope of its like. */
#define MOAT_LINT_BYTES_(p)                                                                                            \
    ((void)sizeof(__extension__({                                                                                      \
         __typeof__(&*MOAT_LINT_NOT_VOID_(p)) moat_lint_at_ = 0;                                                       \
         __typeof__(&*MOAT_LINT_ELEMENT_(moat_lint_at_)) moat_lint_row_ = 0;                                           \
         __typeof__(&*MOAT_LINT_ELEMENT_(moat_lint_row_)) moat_lint_element_ = 0;                                      \
         __typeof__(MOAT_LINT_POINTER_OR_(moat_lint_element_, (char **)0)) a_slot_needs_MOAT_STORE = 0;                \
         MOAT_LINT_VALUE_(moat_lint_element_) *slots_need_MOAT_MOVE_or_MOAT_ZERO = 0;                                  \
         *a_slot_needs_MOAT_STORE = *a_slot_needs_MOAT_STORE;                                                          \
         *slots_need_MOAT_MOVE_or_MOAT_ZERO = *slots_need_MOAT_MOVE_or_MOAT_ZERO;                                      \
         0;                                                                                                            \
     })),                                                                                                              \
     (p))

/* p if it points at a pointer, else `other`. 5 is what GCC and clang give that class of types. */
#define MOAT_LINT_POINTER_OR_(p, other) __builtin_choose_expr(__builtin_classify_type(*(p)) == 5, p, other)

#define MOAT_LINT_NOT_VOID_(p) _Generic((p), void * : (char *)0, const void * : (char *)0, default : (p))

/* The type of *p as a value: without qualifiers, an array as the pointer that it decays to. */
#define MOAT_LINT_VALUE_(p) __typeof__(((void)0, *(p)))

/* For a pointer to an array a pointer to its elements, else p. */
#define MOAT_LINT_ELEMENT_(p)                                                                                          \
    _Generic((p), MOAT_LINT_VALUE_(p) * : (p), MOAT_LINT_VALUE_(p) const * : (p), default : *(p))

#undef memcpy
#undef memmove
#undef mempcpy
#undef memccpy
#undef memset
#undef memset_explicit
#undef bcopy
#undef bzero
#undef explicit_bzero
#define memcpy(to, from, n) memcpy(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define memmove(to, from, n) memmove(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define mempcpy(to, from, n) mempcpy(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define memccpy(to, from, c, n) memccpy(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), c, n)
#define memset(at, c, n) memset(MOAT_LINT_BYTES_(at), c, n)
#define memset_explicit(at, c, n) memset_explicit(MOAT_LINT_BYTES_(at), c, n)
#define bcopy(from, to, n) bcopy(MOAT_LINT_BYTES_(from), MOAT_LINT_BYTES_(to), n)
#define bzero(at, n) bzero(MOAT_LINT_BYTES_(at), n)
#define explicit_bzero(at, n) explicit_bzero(MOAT_LINT_BYTES_(at), n)
#define __builtin_memcpy(to, from, n) __builtin_memcpy(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define __builtin_memmove(to, from, n) __builtin_memmove(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define __builtin_mempcpy(to, from, n) __builtin_mempcpy(MOAT_LINT_BYTES_(to), MOAT_LINT_BYTES_(from), n)
#define __builtin_bcopy(from, to, n) __builtin_bcopy(MOAT_LINT_BYTES_(from), MOAT_LINT_BYTES_(to), n)
#define __builtin_bzero(at, n) __builtin_bzero(MOAT_LINT_BYTES_(at), n)
#define __builtin_memset(at, c, n) __builtin_memset(MOAT_LINT_BYTES_(at), c, n)

#endif

#endif
