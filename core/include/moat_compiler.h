/* moat: words for what C has no word for, by GCC or clang.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_COMPILER_H
#define MOAT_COMPILER_H

#include "moat_defaults.h"

/* For the compiler plugin (docs/plugin.md). Without it these are empty.
 *
 * MOAT_MANAGED in front of a function's definition: its stores are instrumented as those of a managed unit are. As
 * `struct MOAT_MANAGED node { ... }`: every pointer in the struct is a slot, wherever the plugin sees a store to it.
 *
 * MOAT_NO_BARRIER in front of a function's definition: none of its stores is instrumented. This claims that all of them
 * go to memory without slots, or through the macros. */
#ifdef MOAT_PLUGIN
#define MOAT_MANAGED __attribute__((moat_managed))
#define MOAT_NO_BARRIER __attribute__((moat_no_barrier))
#else
#define MOAT_MANAGED
#define MOAT_NO_BARRIER
#endif

/* Words that differ between C and C++. */
#ifdef __cplusplus
#define MOAT_NORETURN_ [[noreturn]]
#define MOAT_STATIC_ASSERT_ static_assert
#define MOAT_C_ extern "C" /* before a declaration whose name is C's, wherever it stands */
/* A function may have the name of a struct, of which g++ -Wshadow warns. */
#define MOAT_C_BEGIN_                                                                                                  \
    extern "C" {                                                                                                       \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")
#define MOAT_C_END_                                                                                                    \
    _Pragma("GCC diagnostic pop")                                                                                      \
    }
#else
#define MOAT_NORETURN_ _Noreturn
#define MOAT_STATIC_ASSERT_ _Static_assert
#define MOAT_C_ extern
#define MOAT_C_BEGIN_
#define MOAT_C_END_
#endif

/* Inlined at -Os too: the guard names the store by its return address, and that must lie in the firmware's function. */
#define MOAT_INLINE_ __attribute__((always_inline)) MOAT_NO_BARRIER static inline

/* Where code is to be small (-Os) rather than fast:
 * MOAT_HOT_     inlined everywhere, but there;
 * MOAT_SHARED_(declaration, {body})  elsewhere inline, there one function, which one file has by MOAT_SHARE_;
 * MOAT_APART_   there a function of its own, elsewhere as the compiler likes;
 * MOAT_SMALL_   1 there, for an `if`. */
#ifdef __OPTIMIZE_SIZE__
#define MOAT_HOT_ static inline
#define MOAT_SHARED_(declaration, ...) declaration;
#define MOAT_SHARE_(declaration, ...) MOAT_APART_ declaration __VA_ARGS__
#define MOAT_APART_ __attribute__((noinline))
#define MOAT_SMALL_ 1
#else
#define MOAT_HOT_ MOAT_INLINE_
#define MOAT_SHARED_(declaration, ...) static inline declaration __VA_ARGS__
#define MOAT_SHARE_(declaration, ...)
#define MOAT_APART_
#define MOAT_SMALL_ 0
#endif

/* The section of a table or a variable. With moat's linker fragments, they take it and give symbols to it. Without them
 * its name is an identifier: ld supplies the bounds of such a section, if any object has it. */
#if MOAT_CONFIG_LINKER_SCRIPT
#define MOAT_SECTION_(taken, alone) section(taken)
#define MOAT_START_(name) name##_start
#define MOAT_END_(name) name##_end
#define MOAT_BOUND_ extern
#else
#define MOAT_SECTION_(taken, alone) section(alone)
#define MOAT_START_(name) __start_##name
#define MOAT_END_(name) __stop_##name
#define MOAT_BOUND_ extern __attribute__((weak))
#endif

/* No instruction. The compiler does not move memory accesses past it, and does not turn a loop around it into a call.
 */
#define MOAT_COMPILER_BARRIER_() __asm__ volatile("" ::: "memory")

/* For parts of core that only some firmware needs (docs/design.md, "Pay as you go"). The file that is such a part has
 * MOAT_FEATURE_. Whatever uses the part has MOAT_USES_: it refers to the part, if `used` is true, so that the linker
 * takes it from core's archive. `by` makes the name of the reference unique. The linker drops the reference itself
 * (linker/moat_flash.ld). MOAT_REFERS_ does the same where the part is declared already: two namespaces of C++ that
 * declare it make its name ambiguous. */
#define MOAT_FEATURE_(feature)                                                                                         \
    MOAT_DECLARE_FEATURE_(feature);                                                                                    \
    const char moat_feature_##feature[1] = {0}
#define MOAT_DECLARE_FEATURE_(feature) MOAT_C_ const char moat_feature_##feature[1]
#define MOAT_USES_(by, feature, used_)                                                                                 \
    MOAT_DECLARE_FEATURE_(feature);                                                                                    \
    MOAT_REFERS_(by, feature, used_)
#define MOAT_REFERS_(by, feature, used_)                                                                               \
    __attribute__((MOAT_SECTION_(".rodata.moat_uses", "moat_uses"),                                                    \
                   used)) static const char *const by##_uses_##feature =                                               \
        (used_) ? moat_feature_##feature : (const char *)0

#endif
