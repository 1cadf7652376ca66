/* moat: a program of guard cases: the functions, the table, the tests, main. See run.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/cases.h"
#include "guard/run.h"

#ifdef PLAIN_LEFT_OUT
#define TRAPS(...)
#define QUIET(...)
#define BY_MACRO(why, ...) +(sizeof why > 20 ? 1 : 1000)
_Static_assert((0
#include GUARD_ROWS
                ) == PLAIN_LEFT_OUT,
               "a row that plain C leaves out has a reason, and test/plugin/plain_parts.h their number");
#undef TRAPS
#undef QUIET
#undef BY_MACRO
#define BY_MACRO(why, ...)
#else
#define BY_MACRO(why, ...) __VA_ARGS__
#endif

/* The assembly keeps the last call from being a jump, whose return address would be in the caller. */
#define BODY(name, statement)                                                                                          \
    static __attribute__((noinline)) void name(void) {                                                                 \
        statement;                                                                                                     \
        __asm__ volatile("");                                                                                          \
    }

#define TRAPS(name, level, kind, region, at, value, body, legal)                                                       \
    BODY(name, body)                                                                                                   \
    BODY(name##_legal, legal)                                                                                          \
    static const void *name##_at(void) {                                                                               \
        return (at);                                                                                                   \
    }                                                                                                                  \
    static const void *name##_value(void) {                                                                            \
        return (value);                                                                                                \
    }                                                                                                                  \
    static void judge_##name(void) {                                                                                   \
        guard_judge(#name, false);                                                                                     \
    }                                                                                                                  \
    static void judge_##name##_legal(void) {                                                                           \
        guard_judge(#name, true);                                                                                      \
    }
#define QUIET(name, body)                                                                                              \
    BODY(name, body)                                                                                                   \
    static void judge_##name(void) {                                                                                   \
        guard_judge(#name, false);                                                                                     \
    }
#include GUARD_ROWS
#undef TRAPS
#undef QUIET

static const struct guard_case cases[] = {
#define TRAPS(name, level, kind, region, at, value, body, legal)                                                       \
    {#name, name, name##_legal, level, MOAT_FAULT_##kind, region, name##_at, name##_value},
#define QUIET(name, body) {#name, name, NULL, 0, MOAT_FAULT_NONE, NULL, NULL, NULL},
#include GUARD_ROWS
#undef TRAPS
#undef QUIET
};

static const struct test_case tests[] = {
#define TRAPS(name, level, kind, region, at, value, body, legal)                                                       \
    {#name, judge_##name}, {#name "_legal", judge_##name##_legal},
#define QUIET(name, body) {#name, judge_##name},
#include GUARD_ROWS
#undef TRAPS
#undef QUIET
};

int main(void) {
    guard_run(cases, sizeof cases / sizeof cases[0], tests, sizeof tests / sizeof tests[0]);
}
