/* moat: runs the guard's cases. See run.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/run.h"

#include "console.h"
#include "guard/cases.h"
#include "guard/fixture.h"
#include "guard/message.h"

#include "heap/cycle.h"
#include "guard/region.h"
#include "base/sections.h"

#include <bsp.h>

#define CASES_MAX 160
#define FUNCTION_BYTES 1000 /* no body is larger */

enum outcome { NOT_RUN, AS_EXPECTED, WRONG };

/* A trial is a case, or its twin, idle or while marking. */
#define TRIALS_OF_A_CASE 4

static __attribute__((section(".noinit.moat_guard_cases"))) struct {
    uint32_t trial; /* that comes next, or runs */
    uint32_t traps;
    bool finished;
    bool must_trap;
    bool marking;
    bool in_handler;
    bool hooked;
    uint32_t hook_sequence;
    uintptr_t function; /* that the record's pc lies in */
    uintptr_t at, value, object;
    char type[MOAT_FAULT_NAME_BYTES];
    uint8_t outcomes[CASES_MAX * TRIALS_OF_A_CASE];
    char why[CASES_MAX * 2][CONSOLE_BYTES];
} run;

static const struct guard_case *all;
static size_t count;

static const struct guard_case *current(void) {
    return &all[run.trial / TRIALS_OF_A_CASE];
}

static bool is_twin(uint32_t trial) {
    return trial % TRIALS_OF_A_CASE >= 2;
}

/* Keeps the first failure of a case or twin. */
static void fail(const char *what, const char *more) {
    char *why = run.why[run.trial / 2];
    if (why[0] == '\0') {
        guard_append(why, run.marking ? "marking: " : "idle: ");
        guard_append(why, what);
        guard_append(why, more);
    }
    run.outcomes[run.trial] = WRONG;
}

void need(bool condition, const char *what) {
    if (!condition) {
        fail("does not hold: ", what);
    }
}

/* ---- judging ---- */

static void expect_text(const struct moat_fault *fault, const struct moat_region *region) {
    static const char *const what[] = {"argument leads to heap pointer ", "result leads to heap pointer ",
                                       "missing barrier: untyped write over slot ", "store of heap pointer "};
    static const char *const at[] = {", held at ", ", held at ", ", at ", " into what is no slot of its object, at "};
    char line[CONSOLE_BYTES];
    if (fault->kind == MOAT_FAULT_STORE || fault->kind == MOAT_FAULT_COPY) {
        guard_message(line, fault->kind == MOAT_FAULT_STORE ? "store" : "copy", fault, region);
    } else {
        guard_message_of(line, what[fault->kind - MOAT_FAULT_ARGUMENT], at[fault->kind - MOAT_FAULT_ARGUMENT], fault);
    }
    if (strncmp(console_text(), line, strlen(line)) != 0) {
        fail("the message should be", line + 1);
    }
}

static const struct moat_region *expected_region(const char *name) {
    const struct moat_region *region = NULL;
    for (uint32_t i = 0; name != NULL && (region = moat_region_at(i)) != NULL && strcmp(region->name, name) != 0; i++) {
    }
    return region == NULL && name != NULL && strcmp(name, ring.region.name) == 0 ? &ring.region : region;
}

static void judge_record(const struct moat_fault *fault, const struct moat_region *region) {
    uint32_t state = (run.marking ? MOAT_PHASE_MARK : MOAT_PHASE_IDLE) | (uint32_t)MOAT_CONFIG_CHECK
                                                                             << MOAT_FAULT_CHECK_SHIFT;
    state |= run.in_handler ? MOAT_FAULT_IN_HANDLER : 0;
    if (fault->sequence != run.traps || fault->kind != (uint32_t)current()->kind || fault->state != state) {
        fail("sequence, kind or state is wrong: ", console_text());
    }
    if (fault->value != run.value || fault->object != run.object || fault->destination != run.at) {
        fail("value, object or destination is wrong: ", console_text());
    }
    if (fault->region_kind != (region == NULL ? MOAT_REGION_UNKNOWN : region->kind) ||
        strcmp(fault->type, run.type) != 0 || strcmp(fault->region, region == NULL ? "" : region->name) != 0) {
        fail("type or region is wrong: ", console_text());
    }
    if (run.function != 0 && (uintptr_t)fault->pc - run.function > FUNCTION_BYTES) {
        fail("the record's pc is not in the case: ", console_text());
    }
    if (!run.hooked || run.hook_sequence != fault->sequence) {
        fail("the hook was not called, or not once", "");
    }
}

/* At the boot after a trap. */
static void judge_trap(void) {
    struct moat_fault fault;
    run.traps++;
    if (!run.must_trap) {
        fail("it trapped: ", console_text());
    } else if (moat_fault_get(&fault) != MOAT_FAULT_STATUS_VALID) {
        fail("there is no valid record", "");
    } else {
        const struct moat_region *region = expected_region(current()->region);
        judge_record(&fault, region);
        expect_text(&fault, region);
    }
}

static void judge_quiet(void) {
    struct moat_heap_error error = {0, NULL, NULL};
    if (run.must_trap) {
        fail("it did not trap", "");
    }
    if (moat_heap.front.ready && moat_heap_check(&error) != MOAT_OK) {
        fail("the heap is damaged: ", error.what);
    }
}

/* ---- trials ---- */

static void hook(const struct moat_fault *fault) {
    run.hook_sequence = run.hooked ? 0 : fault->sequence;
    run.hooked = true;
}

static bool kind_traps(const struct guard_case *which) {
    if (MOAT_CONFIG_STRICT != 0 || (which->kind != MOAT_FAULT_STORE && which->kind != MOAT_FAULT_COPY)) {
        return true;
    }
    const struct moat_region *region = expected_region(which->region);
    return region != NULL && (region->kind == MOAT_REGION_C_OWNED || region->kind == MOAT_REGION_PERIPHERAL);
}

static void expect(const struct guard_case *which) {
    struct moat_object found = {NULL, 0, NULL, false};
    run.must_trap = !is_twin(run.trial) && which->level != 0 && MOAT_CONFIG_CHECK >= which->level && kind_traps(which);
    if (which->level == 0) {
        return;
    }
    run.at = (uintptr_t)which->at();
    run.value = (uintptr_t)which->value();
    (void)moat_object_find(which->value(), &found);
    run.object = (uintptr_t)found.start;
    memset(run.type, 0, sizeof run.type);
    strncpy(run.type, found.type == NULL ? "" : found.type->name, sizeof run.type - 1);
}

void expect_in(uintptr_t function) {
    run.function = function & ~(uintptr_t)1;
}

void expect_at(const void *at) {
    run.at = (uintptr_t)at;
}

void expect_idle(void) {
    run.marking = false;
}

void *large(void *made) {
    if (run.marking && moat_heap.cycle.phase != MOAT_PHASE_MARK) {
        moat_cycle_finish();
        moat_cycle_start();
    }
    return made;
}

bool printed(const char *text) {
    bool found = console_has(text);
    if (found) {
        console_begin();
    }
    return found;
}

void in_handler(void (*function)(void)) {
    run.in_handler = true;
    expect_in((uintptr_t)function);
    bsp_interrupt(function);
    run.in_handler = false;
}

static void perform(void) {
    const struct guard_case *which = current();
    void (*body)(void) = is_twin(run.trial) ? which->legal : which->body;
    run.marking = run.trial % 2 != 0;
    run.in_handler = run.hooked = false;
    if (body == NULL) {
        return;
    }
    if (!fixture_make()) {
        fail("no fresh heap", "");
        return;
    }
    (void)moat_fault_hook_set(hook);
    console_begin();
    expect(which);
    expect_in((uintptr_t)body);
    if (run.marking) {
        moat_cycle_start();
    }
    body();
    judge_quiet();
    if (run.marking && moat_heap.front.ready) {
        moat_cycle_finish();
        judge_quiet();
    }
}

static void finish_trial(void) {
    if (run.outcomes[run.trial] == NOT_RUN) {
        run.outcomes[run.trial] = AS_EXPECTED;
    }
    run.trial++;
}

void guard_judge(const char *name, bool legal) {
    size_t i = 0;
    while (i < count && strcmp(all[i].name, name) != 0) {
        i++;
    }
    CHECK(i < count && run.finished);
    for (size_t k = 0; k < TRIALS_OF_A_CASE / 2; k++) {
        uint8_t outcome = run.outcomes[i * TRIALS_OF_A_CASE + 2 * legal + k];
        if (outcome != AS_EXPECTED) {
            test_fail(__FILE__, __LINE__, outcome == NOT_RUN ? "it did not run" : run.why[2 * i + legal]);
            return;
        }
    }
}

_Noreturn void guard_run(const struct guard_case *cases, size_t cases_count, const struct test_case *tests,
                         size_t tests_count) {
    all = cases;
    count = cases_count;
    bsp_init();
    if (bsp_boot_count() == 1) {
        memset(&run, 0, sizeof run);
        run.finished = count > CASES_MAX;
    } else if (!run.finished) {
        judge_trap();
        moat_fault_clear(); /* or the next trap at this line would only be counted */
        finish_trial();
    }
    bsp_on_trap(BSP_TRAP_RESET);
    while (!run.finished && run.trial < count * TRIALS_OF_A_CASE) {
        perform();
        finish_trial();
    }
    run.finished = true;
    bsp_on_trap(BSP_TRAP_EXIT);
    test_main(tests, tests_count);
}
