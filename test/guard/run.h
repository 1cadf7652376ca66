/* moat: runs the guard's cases. A program sets GUARD_ROWS to a file of rows and includes program.h.
 *
 * Each body runs idle and while marking, and so does its legal twin. A trap resets the board; the next boot compares
 * its record and message with what the row says, and goes on: the state of the run is in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_GUARD_RUN_H
#define TEST_GUARD_RUN_H

#include "harness.h"

#include <moat.h>

struct guard_case {
    const char *name;
    void (*body)(void);
    void (*legal)(void); /* NULL: none */
    int level;           /* from which the body traps; 0: never */
    enum moat_fault_kind kind;
    const char *region;
    const void *(*at)(void);
    const void *(*value)(void);
};

/* Runs all cases that have not run, then the tests, which ask guard_judge for the results. */
_Noreturn void guard_run(const struct guard_case *cases, size_t count, const struct test_case *tests,
                         size_t tests_count);

/* For a test: fails it if the case, or its twin, did not do what it should, or did not run. */
void guard_judge(const char *name, bool legal);

#endif
