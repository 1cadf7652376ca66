/* Resets the writing of a fault record, and the clearing of one, after every instruction.
 *
 * A child is stepped through moat_fault_raise, an instruction at a time, and each state of the retained RAM that
 * differs from the one before is what a reset at that point would have left. Every one of them must read as the old
 * record, as the new one, or as no record to be trusted, and the next fault must get a number that goes on.
 * Needs Linux, ptrace and x86-64; the order of the stores, volatile as they are, is the same on every CPU.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fault.h"

#include "include/moat_heap.h"
#include "port.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_SKIPPED 77
#define SNAPSHOTS_MAX 1000
#define STEPS_MAX 2000000

struct moat_heap moat_heap;

/* What the linker script makes of the build id's note. */
__asm__(".pushsection .rodata\n"
        ".globl moat_build_id_start, moat_build_id_end\n"
        "moat_build_id_start: .ascii \"a build id of twenty\"\n"
        "moat_build_id_end: .popsection");

/* A child that is not stepped hands back the retained RAM here; -1: it is stepped. */
static int result = -1;

void moat_port_write(const char *text, size_t length) {
    (void)text;
    (void)length;
}

_Noreturn void moat_port_trap(void) {
    bool kept = result < 0 || write(result, &moat_fault_retained, sizeof moat_fault_retained) > 0;
    _exit(kept ? 0 : 1);
}

static void raise_numbered(uintptr_t number) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, number, number + 1);
    report.value = report.object = number + 2;
    report.destination = number + 3;
    report.type = number % 2 == 0 ? "struct even" : "struct odd_with_a_name_that_is_cut";
    report.region = number % 2 == 0 ? "even" : "odd";
    moat_fault_raise(&report);
}

static void raise_old(void) {
    raise_numbered(0x1111);
}

static void raise_new(void) {
    raise_numbered(0x2224);
}

static void give_up(const char *what) {
    perror(what);
    exit(STATUS_SKIPPED);
}

static struct moat_fault_retained peek(pid_t child) {
    struct moat_fault_retained copy;
    struct iovec here = {&copy, sizeof copy}, there = {&moat_fault_retained, sizeof copy};
    if (process_vm_readv(child, &here, 1, &there, 1, 0) != (ssize_t)sizeof copy) {
        give_up("process_vm_readv");
    }
    return copy;
}

/* Steps a child through `action` from the retained RAM as it is now. Returns how many different states it went
 * through, the first and the last included. */
static size_t record_states(void (*action)(void), struct moat_fault_retained *states) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            _exit(STATUS_SKIPPED);
        }
        (void)raise(SIGSTOP);
        action();
        _exit(0);
    }
    int status;
    size_t count = 0;
    for (unsigned step = 0; step < STEPS_MAX && waitpid(child, &status, 0) == child && WIFSTOPPED(status); step++) {
        struct moat_fault_retained now = peek(child);
        if (count == 0 || memcmp(&now, &states[count - 1], sizeof now) != 0) {
            if (count == SNAPSHOTS_MAX) {
                break;
            }
            states[count++] = now;
        }
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) {
            give_up("ptrace");
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "the stepped child ended with status 0x%x\n", (unsigned)status);
        exit(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIPPED ? STATUS_SKIPPED : 1);
    }
    return count;
}

static bool same(const struct moat_fault *a, const struct moat_fault *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* The sequence number that the next fault gets; 0 if it leaves no valid record. */
static uint32_t next_sequence(void) {
    int ends[2];
    if (pipe(ends) != 0) {
        give_up("pipe");
    }
    pid_t child = fork();
    if (child == 0) {
        result = ends[1];
        raise_new();
    }
    (void)close(ends[1]);
    struct moat_fault fault;
    ssize_t got = read(ends[0], &moat_fault_retained, sizeof moat_fault_retained);
    (void)close(ends[0]);
    (void)waitpid(child, NULL, 0);
    bool valid = got == (ssize_t)sizeof moat_fault_retained && moat_fault_get(&fault) == MOAT_FAULT_STATUS_VALID;
    return valid ? fault.sequence : 0;
}

static unsigned failures;

static void fail(const char *name, size_t state, const char *what) {
    printf("FAIL fault-torn/%s: state %zu: %s\n", name, state, what);
    failures++;
}

/* Looks at one state that `action` may have left between `before` and `after`. */
static void check_state(const char *name, size_t number, const struct moat_fault_retained *state,
                        const struct moat_fault_retained *before, const struct moat_fault_retained *after) {
    struct moat_fault fault;
    moat_fault_retained = *state;
    enum moat_fault_status status = moat_fault_get(&fault);
    bool has_old = before->record.magic == MOAT_FAULT_MAGIC, has_new = after->record.magic == MOAT_FAULT_MAGIC;
    if (status == MOAT_FAULT_STATUS_VALID && !(has_old && same(&fault, &before->record)) &&
        !(has_new && same(&fault, &after->record))) {
        fail(name, number, "a record that is neither the old nor the new one");
    }
    if (status == MOAT_FAULT_STATUS_EMPTY && has_old && has_new) {
        fail(name, number, "the old record is gone without a trace");
    }
    uint32_t next = next_sequence();
    if (next != after->sequence && next != after->sequence + 1) {
        fail(name, number, "the sequence number does not go on");
    }
}

/* Every state between the retained RAM as it is now and the end of `action`. */
static void step(const char *name, void (*action)(void), size_t states_min) {
    static struct moat_fault_retained states[SNAPSHOTS_MAX];
    unsigned failed = failures;
    size_t count = record_states(action, states);
    if (count < states_min || count == SNAPSHOTS_MAX) {
        fail(name, count, "not as many states as there are stores");
    }
    for (size_t i = 0; i < count; i++) {
        check_state(name, i, &states[i], &states[0], &states[count - 1]);
    }
    moat_fault_retained = states[count - 1];
    if (failures == failed) {
        printf("ok fault-torn/%s (%zu states)\n", name, count);
    }
}

int main(void) {
    memset(&moat_fault_retained, 0x5a, sizeof moat_fault_retained);
    step("first_record", raise_old, 20);
    step("second_record", raise_new, 20);
    step("clear", moat_fault_clear, 2);
    step("record_after_clear", raise_old, 20);
    return failures == 0 ? 0 : 1;
}
