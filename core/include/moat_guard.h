/* moat: the border to C: what firmware tells the guard, and asks of it. The macros of moat_barrier.h check stores and
 * copies. docs/guard.md shows how a C library is put behind the guard.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GUARD_API_H
#define MOAT_GUARD_API_H

#include "moat.h"

MOAT_C_BEGIN_

/* ---- regions ---- */

/* Adds a region at run time, for memory that no linker script knows, such as a buffer that a library allocated. Where
 * regions nest, the smallest counts, whether it was added or not.
 * entry   the caller's, in static memory until moat_region_remove; its `region` is set
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL (no entry or name), _SIZE (start not below end), _OVERLAP
 * (added before). Context: thread. Cost: a search of those that were added. */
int moat_region_add(struct moat_region_entry *entry);

/* Ends moat_region_add. Returns MOAT_OK or MOAT_ERR_NOT_READY, _HANDLER, _ABSENT. Context: thread. */
int moat_region_remove(struct moat_region_entry *entry);

/* ---- persistent blocks ---- */

/* Makes `count` elements of a type that are never freed. They are scanned by their type, like all objects. C may keep
 * pointers to them, as to a pinned object. Returns NULL as moat_new and moat_new_array do. Context: any. Cost: a
 * second, small object; a check that is about to trap searches the list of such blocks. */
void *moat_persistent_new(const struct moat_type *type, size_t count);

/* ---- calls of C, and C's calls: CHECK1 ---- */

/* MOAT_CALL(f, arguments...): calls f(arguments...) with up to twelve arguments. Each is evaluated once, when the call
 * happens. At CHECK1 and 2 it traps if an argument points at memory that holds a heap pointer, unless that pointer is
 * pinned or to a persistent block: C could keep it where the collector does not see it. A pointer to an object may be
 * passed, as long as C forgets it.
 *
 * The pointer's type says how much is looked at:
 *   - a struct, one field of it (`&node->value`), or one array (`node->text`): that;
 *   - a pointer to an element of moat_new_array: the whole array; to a flexible object: its tail too; a flexible array:
 *     all that follows;
 *   - a `void *`: the whole object that it points into;
 *   - the address of a root: the root, both as an argument and in a slot that the argument shows.
 * Objects of raw bytes hold no pointers. Memory that is neither an object nor a root, such as the stack, is not looked
 * at without MOAT_FILLED. Members of a struct that is passed by value are not known without MOAT_BY_VALUE: a word that
 * is an object's address shows the whole object, and a word that points into the middle of one shows only the slot
 * there.
 *
 * A pointer to an incomplete type must be cast to `void *`. A compound literal with commas needs parentheses around it.
 * A pointer to a variable-length array must have no side effects. An argument is looked at when it is evaluated: a call
 * among the arguments must not store to what another argument points at. Cost at CHECK1: a call for each argument, a
 * search of arenas and roots for pointers, and the slots of what they show. */
#ifdef __cplusplus
#define MOAT_CALL(...) MOAT_CALL_is_for_C_only__give_the_call_a_C_file
#else
#define MOAT_CALL(...) MOAT_JOIN_(MOAT_CALL_, MOAT_CALL_COUNT_(__VA_ARGS__))(__VA_ARGS__)
#endif

/* MOAT_KEPT(pointer): an argument of MOAT_CALL that C keeps: `MOAT_CALL(tcp_arg, pcb, MOAT_KEPT(connection))`. At
 * CHECK1 and 2 it traps if the pointer is to an object that is neither pinned nor a persistent block. Pass a handle as
 * it is. */
#if MOAT_CONFIG_CHECK >= 1
#define MOAT_KEPT(pointer) ((MOAT_TYPE_OF_VALUE_(pointer))moat_checked_kept_((uintptr_t)(pointer)))
#else
#define MOAT_KEPT(pointer) (pointer)
#endif

/* MOAT_BY_VALUE(variable, members...): an argument of MOAT_CALL that is a struct passed by value. The named members,
 * one to 24, are pointers, and no other member is: `MOAT_CALL(send, MOAT_BY_VALUE(span, bytes))`. Each is looked at by
 * its own type, as if it were an argument. Numbers in other members are not looked at.
 * variable  without side effects, and not const volatile
 * Cost: a call for each member. */
#if MOAT_CONFIG_CHECK >= 1
#define MOAT_BY_VALUE(variable, ...)                                                                                   \
    (*(const volatile __typeof__(variable) *)((void)0 MOAT_EACH_(MOAT_MEMBER_LOOKED_AT_, variable, __VA_ARGS__),       \
                                              &(variable)))
#define MOAT_MEMBER_LOOKED_AT_(variable, member) , (void)MOAT_ARGUMENT_((variable).member)
#else
#define MOAT_BY_VALUE(variable, ...) (variable)
#endif

/* MOAT_FILLED(type, pointer): an argument of MOAT_CALL that points at an element of `type` in memory that is neither an
 * object nor a root, such as a local struct or a compound literal, and that this firmware has filled. Its slots are
 * looked at as those of an object are. Do not use it for memory that C is to fill: that holds what the stack held
 * before. Cost: one more call, and the slots. */
#if MOAT_CONFIG_CHECK >= 1
#define MOAT_FILLED(type, pointer)                                                                                     \
    ((MOAT_TYPE_OF_VALUE_(pointer))moat_checked_filled_(&(type), (uintptr_t)(MOAT_OBJECT_OF_(type) const *)(pointer)))
#else
#define MOAT_FILLED(type, pointer) (pointer)
#endif

/* MOAT_RETURN(value): `return value;` in a function that C calls. At CHECK1 and 2 it traps if the value is a heap
 * pointer that is not pinned, or leads to one, as for MOAT_CALL. The words of a struct are checked in the same way. */
#ifdef __cplusplus
#define MOAT_RETURN(...) MOAT_RETURN_is_for_C_only__give_the_function_a_C_file
#else
#define MOAT_RETURN(...) return MOAT_RESULT_((__VA_ARGS__))
#endif

/* Switches the checks of calls and results: 0 off, 1 on, 2 on (a build with CHECK2 checks stores at any level). They
 * are on at start. Returns MOAT_OK; MOAT_ERR_BUILD for a level above the build's, with a message that says how to build
 * it; MOAT_ERR_SIZE if there is no such level. Context: any. */
int moat_check_level_set(int level);

/* ---- the audit ---- */

struct moat_audit_finding {
    const struct moat_region *region; /* C-owned; static, with MOAT_CONFIG_AUDIT_STATIC */
    const void *at;                   /* the word */
    const void *value;                /* that it holds */
    struct moat_object object;        /* that the value points into: neither pinned nor persistent */
};

/* Called for each finding, in thread mode; must not allocate. */
typedef void moat_audit_report(const struct moat_audit_finding *finding);

/* Looks at every word of the C-owned regions, and with MOAT_CONFIG_AUDIT_STATIC of the static ones too. It reports
 * words that are heap pointers which C may not hold: a store without a macro, a struct assignment or DMA left them
 * there. Memory that C has freed or never written may hold stale pointers.
 * report  NULL: prints a line for each
 * Returns how many it found, or MOAT_ERR_NOT_READY, _HANDLER. Context: thread. Cost: about 24 instructions a word,
 * interrupts on. */
int moat_audit(moat_audit_report *report);

/* The same in pieces: begin, then step until it returns 0. If a region is added or removed meanwhile, it begins again.
 */
struct moat_audit {
    moat_audit_report *report;
    uint32_t found;   /* so far */
    uint32_t region;  /* core's: index of the one under way */
    uintptr_t next;   /* core's: in it */
    uint32_t changes; /* core's: of regions, when it began */
};
void moat_audit_begin(struct moat_audit *audit, moat_audit_report *report);

/* Looks at up to `words` words more. Returns 1 if there are more, 0 if it is done, or MOAT_ERR_NOT_READY, _HANDLER. */
int moat_audit_step(struct moat_audit *audit, size_t words);

/* ---- from here on: how MOAT_CALL and MOAT_RETURN are made ---- */

/* Traps where a copy that knows no type leaks a heap pointer, or goes over slots: as `wrap/` does. from NULL: a clear.
 */
void moat_guard_bytes_(const void *to, const void *from, size_t bytes);

/* Traps where a copy leaks a heap pointer, by the type of its source, which begins `offset` bytes before `from`. */
void moat_guard_part_(const struct moat_type *type, const void *to, const void *from, size_t offset, size_t bytes);

/* Pointers as integers: the compiler need not warn that what they point at may not be set yet.
 * bytes  of what it points at; 0: not known; MOAT_TO_THE_END_: all that follows */
void moat_check_argument_(uintptr_t argument, size_t bytes);
void moat_check_result_(uintptr_t result, size_t bytes);
void moat_check_kept_(uintptr_t argument);
void moat_check_filled_(const struct moat_type *type, uintptr_t argument);
void moat_check_argument_struct_(const void *argument, size_t bytes);
void moat_check_result_struct_(const void *result, size_t bytes);

#if MOAT_CONFIG_CHECK >= 1
#define MOAT_ARGUMENT_(x) MOAT_CHECKED_(argument, MOAT_JOIN_(moat_argument_, __COUNTER__), x)
#define MOAT_RESULT_(x) MOAT_CHECKED_(result, MOAT_JOIN_(moat_result_, __COUNTER__), x)
#else
#define MOAT_ARGUMENT_(x) (x)
#define MOAT_RESULT_(x) (x)
#endif

/* x, looked at. Only a struct is copied: a block around a pointer would end the life of a compound literal that it
 * points at, and constants stay what they are, NULL a pointer of any type and literals format strings. Only one
 * of these x is evaluated. */
#define MOAT_CHECKED_(what, name, x) MOAT_CHECKED_NOW_(what, name, x)
#define MOAT_CHECKED_NOW_(what, name, x)                                                                               \
    __builtin_choose_expr(MOAT_CLASS_(x) == MOAT_CLASS_POINTER_ && !__builtin_constant_p(MOAT_POINTER_OF_(x)),         \
                          (MOAT_TYPE_OF_VALUE_(MOAT_POINTER_OF_(x)))moat_checked_##what##_(                            \
                              (uintptr_t)MOAT_POINTER_OF_(x), MOAT_POINTEE_BYTES_(MOAT_POINTER_OF_(x))),               \
                          __builtin_choose_expr(MOAT_CLASS_(x) >= MOAT_CLASS_RECORD_ && !MOAT_IS_LISTED_(x),           \
                                                MOAT_CHECKED_STRUCT_(what, name, x), (x)))

/* Whether it is what MOAT_BY_VALUE makes: a pointer to its type is one to const volatile as it is. */
#define MOAT_IS_LISTED_(x)                                                                                             \
    _Generic((__typeof__(MOAT_RECORD_OF_(x)) *)0, const volatile __typeof__(MOAT_RECORD_OF_(x)) * : 1, default : 0)
#define MOAT_RECORD_OF_(x) __builtin_choose_expr(MOAT_CLASS_(x) >= MOAT_CLASS_RECORD_, x, 0)

/* Aligned, since it is read by words. */
#define MOAT_CHECKED_STRUCT_(what, name, x)                                                                            \
    __extension__({                                                                                                    \
        __attribute__((aligned)) __auto_type name = __builtin_choose_expr(MOAT_CLASS_(x) >= MOAT_CLASS_RECORD_, x, 0); \
        moat_check_##what##_struct_(&name, sizeof name);                                                               \
        name;                                                                                                          \
    })

MOAT_INLINE_ uintptr_t moat_checked_argument_(uintptr_t argument, size_t bytes) {
    moat_check_argument_(argument, bytes);
    return argument;
}

MOAT_INLINE_ uintptr_t moat_checked_result_(uintptr_t result, size_t bytes) {
    moat_check_result_(result, bytes);
    return result;
}

MOAT_INLINE_ uintptr_t moat_checked_filled_(const struct moat_type *type, uintptr_t argument) {
    moat_check_filled_(type, argument);
    return argument;
}

MOAT_INLINE_ uintptr_t moat_checked_kept_(uintptr_t argument) {
    moat_check_kept_(argument);
    return argument;
}

/* The answers of GCC and clang; a record's class is followed by a union's. */
#define MOAT_CLASS_(x) __builtin_classify_type(x)
#define MOAT_CLASS_RECORD_ 12

/* x, or if it is none some pointer. */
#define MOAT_POINTER_OF_(x) __builtin_choose_expr(MOAT_CLASS_(x) == MOAT_CLASS_POINTER_, x, (char *)0)

/* x is a pointer, or an array; of one of no known length all that follows counts. Its type, since a warning would tell
 * of the size of a parameter that is written as an array. */
#define MOAT_POINTEE_BYTES_(x)                                                                                         \
    __extension__(_Generic(x, void * : 0, const void * : 0, volatile void * : 0, const volatile void * : 0, default    \
                           : MOAT_IS_UNBOUNDED_(x)                                                                     \
                                 ? MOAT_TO_THE_END_                                                                    \
                                 : sizeof(*__builtin_choose_expr(MOAT_IS_ARRAY_(x) && !MOAT_IS_UNBOUNDED_(x),          \
                                                                 (__typeof__(x) *)0, (__typeof__(*(x)) *)0))))
#define MOAT_TO_THE_END_ SIZE_MAX

/* Compatible with an array of none are those of no known length, and of none. */
#define MOAT_IS_UNBOUNDED_(x) __builtin_types_compatible_p(__typeof__(x), __typeof__(__typeof__(MOAT_FIRST_(x))[0]))
/* The first element of an array; of anything else, functions among it, something. */
#define MOAT_FIRST_(x)                                                                                                 \
    (*__builtin_choose_expr(MOAT_IS_ARRAY_(x) && !__builtin_types_compatible_p(__typeof__(x), __typeof__(*(x))), (x),  \
                            (char *)0))

#define MOAT_CALL_COUNT_(...)                                                                                          \
    MOAT_CALL_PICK_(__VA_ARGS__, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, MANY, 13, 12, 11,   \
                    10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define MOAT_CALL_PICK_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20,     \
                        a21, a22, a23, a24, a25, pick, ...)                                                            \
    pick
#define MOAT_CALL_MANY(...) MOAT_CLAIM_(0, "MOAT_CALL takes up to twelve arguments")
#define MOAT_CALL_1(f) f()
#define MOAT_CALL_2(f, a1) f(MOAT_ARGUMENT_(a1))
#define MOAT_CALL_3(f, a1, a2) f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2))
#define MOAT_CALL_4(f, a1, a2, a3) f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3))
#define MOAT_CALL_5(f, a1, a2, a3, a4) f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4))
#define MOAT_CALL_6(f, a1, a2, a3, a4, a5)                                                                             \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5))
#define MOAT_CALL_7(f, a1, a2, a3, a4, a5, a6)                                                                         \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6))
#define MOAT_CALL_8(f, a1, a2, a3, a4, a5, a6, a7)                                                                     \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7))
#define MOAT_CALL_9(f, a1, a2, a3, a4, a5, a6, a7, a8)                                                                 \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7), MOAT_ARGUMENT_(a8))
#define MOAT_CALL_10(f, a1, a2, a3, a4, a5, a6, a7, a8, a9)                                                            \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7), MOAT_ARGUMENT_(a8), MOAT_ARGUMENT_(a9))
#define MOAT_CALL_11(f, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)                                                       \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7), MOAT_ARGUMENT_(a8), MOAT_ARGUMENT_(a9), MOAT_ARGUMENT_(a10))
#define MOAT_CALL_12(f, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)                                                  \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7), MOAT_ARGUMENT_(a8), MOAT_ARGUMENT_(a9), MOAT_ARGUMENT_(a10),             \
      MOAT_ARGUMENT_(a11))
#define MOAT_CALL_13(f, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)                                             \
    f(MOAT_ARGUMENT_(a1), MOAT_ARGUMENT_(a2), MOAT_ARGUMENT_(a3), MOAT_ARGUMENT_(a4), MOAT_ARGUMENT_(a5),              \
      MOAT_ARGUMENT_(a6), MOAT_ARGUMENT_(a7), MOAT_ARGUMENT_(a8), MOAT_ARGUMENT_(a9), MOAT_ARGUMENT_(a10),             \
      MOAT_ARGUMENT_(a11), MOAT_ARGUMENT_(a12))

MOAT_C_END_

#endif
