/* Trials that end in a trap, or must not: each runs by itself, a trap resets the board, and the next boot judges it by
 * its record and its line and goes on. The state of the run is in retained RAM.
 *
 *   static void overwrite(void) { ... }
 *   TRAP(overwrite, MOAT_FAULT_CORRUPT, 5, "a hole was written to")
 *   QUIET(leave_alone)
 *   static const struct test_case cases[] = {TRAP_CASE(overwrite), TRAP_CASE(leave_alone)};
 *   static const struct trap_trial *const trials[] = {&trial_overwrite, &trial_leave_alone};
 *   int main(void) { return TRAPS_MAIN(cases, trials); }
 *
 * A check that fails within a trial fails its case too.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_TRAPS_H
#define TEST_TRAPS_H

#include "harness.h"

#include <moat.h>

struct trap_trial {
    const char *name;
    void (*run)(void);
    uint32_t kind;    /* of the fault; 0: it must not trap */
    uint64_t cause;   /* of the record; kinds that have none: 0 */
    const char *line; /* the line that is printed holds this */
};

#define TRAP(function, kind_, cause_, line_)                                                                           \
    static const struct trap_trial trial_##function = {#function, function, kind_, cause_, line_};                     \
    static void judge_##function(void) {                                                                               \
        traps_judge(&trial_##function);                                                                                \
    }
#define QUIET(function) TRAP(function, 0, 0, "")
#define TRAP_CASE(function)                                                                                            \
    { #function, judge_##function }

void traps_judge(const struct trap_trial *trial);

/* The record of a trial that trapped, or NULL. */
const struct moat_fault *traps_fault(const struct trap_trial *trial);

#define TRAPS_MAX 40
#define TRAPS_MAIN(cases, trials)                                                                                      \
    (traps_run((trials), sizeof(trials) / sizeof((trials)[0])), test_main((cases), sizeof(cases) / sizeof((cases)[0])))

/* Runs the trials, over as many boots as it takes. */
void traps_run(const struct trap_trial *const trials[], size_t count);

#endif
