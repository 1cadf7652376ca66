/* moat: the tests' harness. A test program is a table of cases:
 *
 *   static void list_survives(void) { ... CHECK_EQUAL(length, 3); }
 *   static const struct test_case cases[] = {TEST_CASE(list_survives)};
 *   int main(void) { return TEST_MAIN(cases); }
 *
 * Each case prints one line: `ok NAME`, `FAIL NAME: why` or `skip NAME: reason`; `end N` after N of them shows the
 * runner that none is missing. A failed check ends its case where it stands, so checks are for functions that
 * return void; in a handler they note the failure and return from the handler.
 *
 * The command line takes `case=NAME` (run this one only) and `seed=N`.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for a test, on a board of 8 or 16 KiB of RAM and elsewhere. */
#ifdef TEST_ROOM_small
#define TEST_ROOM(usual, small) (small)
#define TEST_STACK_WORDS 256u /* of the thread's stack, that tests clear */
#define TEST_LINE_BYTES 120u
#else
#define TEST_ROOM(usual, small) (usual)
#define TEST_STACK_WORDS 1024u
#define TEST_LINE_BYTES 200u
#endif

struct test_case {
    const char *name;
    void (*run)(void);
};

#define TEST_CASE(function)                                                                                            \
    { #function, function }
#define TEST_MAIN(cases) test_main((cases), sizeof(cases) / sizeof((cases)[0]))

/* Runs the cases and ends the run: status 0 if none failed, else 1. */
__attribute__((noreturn)) int test_main(const struct test_case *cases, size_t count);

/* ---- checks ---- */

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            test_fail(__FILE__, __LINE__, #condition);                                                                 \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

/* Integers, compared as 64-bit numbers. */
#define CHECK_EQUAL(actual, expected)                                                                                  \
    do {                                                                                                               \
        if (!test_equal(__FILE__, __LINE__, #actual, (int64_t)(actual), (int64_t)(expected))) {                        \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

#define CHECK_POINTER(actual, expected)                                                                                \
    do {                                                                                                               \
        if (!test_same(__FILE__, __LINE__, #actual, (actual), (expected))) {                                           \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

#define CHECK_TEXT(actual, expected)                                                                                   \
    do {                                                                                                               \
        if (!test_text(__FILE__, __LINE__, #actual, (actual), (expected))) {                                           \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

/* Every invariant of the heap. */
#define CHECK_HEAP()                                                                                                   \
    do {                                                                                                               \
        if (!test_heap(__FILE__, __LINE__)) {                                                                          \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

/* Ends the case as skipped. */
#define SKIP(reason)                                                                                                   \
    do {                                                                                                               \
        test_skip(reason);                                                                                             \
        return;                                                                                                        \
    } while (0)

/* After calling a function that checks: true if the case has failed. */
bool test_failed(void);

/* The halves of the checks: false, and the case's failure noted, if they don't hold. */
void test_fail(const char *file, int line, const char *what);
bool test_equal(const char *file, int line, const char *what, int64_t actual, int64_t expected);
bool test_same(const char *file, int line, const char *what, const volatile void *actual,
               const volatile void *expected);
bool test_text(const char *file, int line, const char *what, const char *actual, const char *expected);
bool test_heap(const char *file, int line);
void test_skip(const char *reason);

/* ---- help ---- */

/* Whether two texts are the same. */
bool test_same_text(const char *a, const char *b);

/* The next number of a sequence that starts anew, from the printed seed, with each case. */
uint32_t test_random(void);

/* One of 0 .. bound - 1; bound is not 0. */
uint32_t test_random_below(uint32_t bound);

/* The value of `name=value` on the command line, or NULL. Valid until the next call. */
const char *test_argument(const char *name);

/* Prints `# what: value`, for the log. */
void test_note(const char *what, int64_t value);

#ifdef __cplusplus
}
#endif

#endif
