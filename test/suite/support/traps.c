/* Trials that end in a trap. See traps.h.
 *
 * SPDX-License-Identifier: MIT */
#include "traps.h"

#include "console.h"

#include <bsp.h>
#include <string.h>

#define WHY_BYTES 160

static __attribute__((section(".noinit.moat_traps"))) struct {
    uint32_t next; /* trial */
    bool finished;
    bool begun[TRAPS_MAX], trapped[TRAPS_MAX];
    struct moat_fault faults[TRAPS_MAX];
    char lines[TRAPS_MAX][WHY_BYTES];
    char names[TRAPS_MAX][48];
} run;

static void copy(char *to, const char *from, size_t bytes) {
    size_t length = strlen(from);
    length = length < bytes - 1 ? length : bytes - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static void note(void) {
    run.trapped[run.next] = moat_fault_get(&run.faults[run.next]) == MOAT_FAULT_STATUS_VALID;
    copy(run.lines[run.next], console_text(), WHY_BYTES);
}

void traps_run(const struct trap_trial *const trials[], size_t count) {
    bsp_init();
    if (bsp_boot_count() == 1) {
        memset(&run, 0, sizeof run);
    } else if (!run.finished) {
        note();
        run.next++;
    }
    bsp_on_trap(BSP_TRAP_RESET);
    for (; run.next < count && run.next < TRAPS_MAX; run.next++) {
        copy(run.names[run.next], trials[run.next]->name, sizeof run.names[0]);
        run.begun[run.next] = true;
        console_begin();
        moat_fault_clear();
        trials[run.next]->run();
        copy(run.lines[run.next], test_failed() ? "a check failed in the trial" : "", WHY_BYTES);
    }
    run.finished = true;
    bsp_on_trap(BSP_TRAP_EXIT);
}

static uint32_t place_of(const struct trap_trial *trial) {
    uint32_t at = 0;
    while (at < TRAPS_MAX && strncmp(run.names[at], trial->name, sizeof run.names[0] - 1) != 0) {
        at++;
    }
    return at;
}

const struct moat_fault *traps_fault(const struct trap_trial *trial) {
    uint32_t at = place_of(trial);
    return at < TRAPS_MAX && run.trapped[at] ? &run.faults[at] : NULL;
}

void traps_judge(const struct trap_trial *trial) {
    uint32_t at = place_of(trial);
    CHECK(at < TRAPS_MAX && run.begun[at]);
    if (run.trapped[at] != (trial->kind != 0) || (!run.trapped[at] && run.lines[at][0] != '\0')) {
        test_fail(trial->name, (int)at, run.trapped[at] ? run.lines[at] : run.lines[at][0] ? run.lines[at] : "no trap");
        return;
    }
    if (trial->kind != 0) {
        CHECK_EQUAL(run.faults[at].kind, trial->kind);
        if (strstr(run.lines[at], trial->line) == NULL) {
            test_fail(trial->name, (int)at, run.lines[at]);
            return;
        }
        CHECK(trial->cause == 0 || run.faults[at].cause == trial->cause);
    }
}
