/* moat: the tests' harness. Uses no library, so that a test program is small and the heap under test is alone.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include "xorshift.h"

#include <bsp.h>
#include <moat.h>

#define DEFAULT_SEED 20240229u

enum outcome { PASSED, FAILED, SKIPPED };

/* The case that runs: what became of it, and why. */
static enum outcome outcome;
static char why[TEST_LINE_BYTES];
static size_t why_length;

static uint32_t seed;
static uint32_t random_state;
static char arguments[TEST_LINE_BYTES];

static size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

bool test_same_text(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void print(const char *text) {
    bsp_write(text, length_of(text));
}

/* ---- the reason of a failure ---- */

static void why_add(const char *text) {
    while (*text != '\0' && why_length < sizeof why - 1) {
        why[why_length++] = *text++;
    }
    why[why_length] = '\0';
}

/* Writes the digits of value in front of `end`, and returns where they start. */
static char *digits(char *end, uint64_t value, unsigned base) {
    *end = '\0';
    do {
        *--end = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    return end;
}

#define NUMBER_BYTES 24

static const char *decimal(char buffer[NUMBER_BYTES], int64_t value) {
    char *text = digits(buffer + NUMBER_BYTES - 1, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
    if (value < 0) {
        *--text = '-';
    }
    return text;
}

static void why_add_number(int64_t value) {
    char buffer[NUMBER_BYTES];
    why_add(decimal(buffer, value));
}

static void why_add_address(const volatile void *value) {
    char buffer[NUMBER_BYTES];
    why_add("0x");
    why_add(digits(buffer + NUMBER_BYTES - 1, (uintptr_t)value, 16));
}

/* Starts the reason with where and what; false if the case has one already: the first failure is the one to see. */
static bool why_start(const char *file, int line, const char *what) {
    if (outcome == FAILED) {
        return false;
    }
    outcome = FAILED;
    why_length = 0;
    why_add(file);
    why_add(":");
    why_add_number(line);
    why_add(": ");
    why_add(what);
    return true;
}

/* ---- checks ---- */

bool test_failed(void) {
    return outcome == FAILED;
}

void test_fail(const char *file, int line, const char *what) {
    why_start(file, line, what);
}

void test_skip(const char *reason) {
    if (outcome == PASSED) {
        outcome = SKIPPED;
        why_length = 0;
        why_add(reason);
    }
}

bool test_equal(const char *file, int line, const char *what, int64_t actual, int64_t expected) {
    if (actual == expected) {
        return true;
    }
    if (why_start(file, line, what)) {
        why_add(" is ");
        why_add_number(actual);
        why_add(", expected ");
        why_add_number(expected);
    }
    return false;
}

bool test_same(const char *file, int line, const char *what, const volatile void *actual,
               const volatile void *expected) {
    if (actual == expected) {
        return true;
    }
    if (why_start(file, line, what)) {
        why_add(" is ");
        why_add_address(actual);
        why_add(", expected ");
        why_add_address(expected);
    }
    return false;
}

bool test_text(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (test_same_text(actual, expected)) {
        return true;
    }
    if (why_start(file, line, what)) {
        why_add(" is \"");
        why_add(actual);
        why_add("\", expected \"");
        why_add(expected);
        why_add("\"");
    }
    return false;
}

bool test_heap(const char *file, int line) {
    struct moat_heap_error error = {0};
    if (moat_heap_check(&error) == MOAT_OK) {
        return true;
    }
    if (why_start(file, line, "the heap breaks INV-")) {
        why_add_number(error.invariant);
        why_add(" at ");
        why_add_address(error.where);
        why_add(": ");
        why_add(error.what == NULL ? "" : error.what);
    }
    return false;
}

/* ---- help ---- */

uint32_t test_random(void) {
    return xorshift(&random_state);
}

uint32_t test_random_below(uint32_t bound) {
    return xorshift_below(test_random(), bound);
}

void test_note(const char *what, int64_t value) {
    char buffer[NUMBER_BYTES];
    print("# ");
    print(what);
    print(": ");
    print(decimal(buffer, value));
    print("\n");
}

const char *test_argument(const char *name) {
    static char value[TEST_LINE_BYTES];
    size_t length = length_of(name);
    for (const char *word = arguments; *word != '\0';) {
        size_t i = 0;
        while (i < length && word[i] == name[i]) {
            i++;
        }
        if (i == length && word[i] == '=') {
            size_t n = 0;
            for (const char *from = word + i + 1; *from != '\0' && *from != ' '; from++) {
                value[n++] = *from;
            }
            value[n] = '\0';
            return value;
        }
        while (*word != '\0' && *word++ != ' ') {
        }
    }
    return NULL;
}

/* ---- the run ---- */

/* The seed as given, or the default; never 0, where the sequence would stay. */
static uint32_t seed_choose(void) {
    const char *text = test_argument("seed");
    uint32_t value = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (uint32_t)(*text - '0');
    }
    return value == 0 ? DEFAULT_SEED : value;
}

static void case_print(const char *name) {
    static const char *const words[] = {[PASSED] = "ok ", [FAILED] = "FAIL ", [SKIPPED] = "skip "};
    print(words[outcome]);
    print(name);
    if (outcome != PASSED) {
        print(": ");
        print(why);
    }
    print("\n");
}

/* Words that the case before left on the stack would keep objects in the next one's heap. A leaf function: its frame is
 * the array, without a gap. */
__attribute__((noinline, no_sanitize_address)) static void stack_clear(void) {
    volatile uintptr_t words[TEST_STACK_WORDS];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        words[i] = 0;
    }
    __asm__ volatile("" : : "r"(words) : "memory");
}

_Noreturn int test_main(const struct test_case *cases, size_t count) {
    bsp_init();
    if (bsp_command_line(arguments, sizeof arguments) < 0) {
        arguments[0] = '\0';
    }
    seed = seed_choose();
    test_note("seed", seed);
    char only[TEST_LINE_BYTES] = "";
    const char *chosen = test_argument("case");
    for (size_t i = 0; chosen != NULL && chosen[i] != '\0'; i++) {
        only[i] = chosen[i];
    }
    int64_t run = 0;
    bool any_failed = false;
    for (size_t i = 0; i < count; i++) {
        if (only[0] != '\0' && !test_same_text(only, cases[i].name)) {
            continue;
        }
        outcome = PASSED;
        random_state = seed;
        stack_clear();
        cases[i].run();
        case_print(cases[i].name);
        any_failed = any_failed || outcome == FAILED;
        run++;
    }
    char buffer[NUMBER_BYTES];
    print("end ");
    print(decimal(buffer, run));
    print("\n");
    bsp_exit(any_failed ? 1 : 0);
}
