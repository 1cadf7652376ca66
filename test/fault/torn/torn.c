/* Resets the writing of fault records, their counting and their clearing after every instruction.
 *
 * A child is stepped through moat_fault_raise, an instruction at a time, and each state of the retained RAM that
 * differs from the one before is what a reset at that point would have left. In every one of them the records that are
 * there before and after must be there, none that is in neither, each with the count before or after; and the next
 * fault must get a number that goes on. Needs Linux, ptrace and x86-64; the order of the stores, volatile as they are,
 * is the same on every CPU.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/crc.h"
#include "fault/fault.h"
#include "fault/ring.h"

#include "moat_heap.h"
#include "base/port.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_SKIPPED 77
#define SNAPSHOTS_MAX 2000
#define STEPS_MAX 20000000

struct moat_heap moat_heap;

/* Stands in for the linker script: the build id's note, and the regions. */
__asm__(".pushsection .rodata\n"
        ".globl moat_regions_start, moat_regions_end\n"
        "moat_regions_start: moat_regions_end:\n"
        ".globl moat_build_id_start, moat_build_id_end\n"
        "moat_build_id_start: .ascii \"a build id of twenty\"\n"
        "moat_build_id_end: .popsection");

/* As core/base/crc.c, by a table: that one's instructions are most of what there is to step through. */
uint32_t moat_crc_add(uint32_t crc, const volatile void *bytes, uint32_t count) {
    static uint32_t table[256];
    for (uint32_t i = 255; table[1] == 0 && i > 0; i--) {
        uint32_t entry = i;
        for (unsigned bit = 0; bit < 8; bit++) {
            entry = entry >> 1 ^ (0xedb88320u & (0u - (entry & 1)));
        }
        table[i] = entry;
    }
    const volatile uint8_t *at = bytes;
    for (uint32_t i = 0; i < count; i++) {
        crc = crc >> 8 ^ table[(crc ^ at[i]) & 0xff];
    }
    return crc;
}

/* A child that is not stepped hands back the retained RAM here; -1: it is stepped. */
static int result = -1;

/* The next thing that is printed faults. */
static bool nest;

static void raise_numbered(uintptr_t number);

void moat_port_write(const char *text, size_t length) {
    (void)text;
    (void)length;
    if (nest) {
        nest = false;
        raise_numbered(0x9990);
    }
}

_Noreturn void moat_port_trap(void) {
    bool kept = result < 0 || write(result, &moat_fault_retained, sizeof moat_fault_retained) > 0;
    _exit(kept ? 0 : 1);
}

struct moat_range moat_port_thread_stack(void) {
    return (struct moat_range){0, 0};
}
struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){0, 0};
}
uint32_t moat_port_clock(void) {
    return 0;
}
uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) {
    return (void)(registers[7] = 0x5555), 1 << 7;
}
uintptr_t moat_port_interrupted_sp(void) {
    return 0;
}
bool moat_port_follows_call(uintptr_t address) {
    return (void)address, false;
}
void moat_port_boot(struct moat_port_boot *out) {
    *out = (struct moat_port_boot){1, 2, 3, 0};
}

static void raise_numbered(uintptr_t number) {
    struct moat_fault_report report;
    moat_fault_report_begin(&report, MOAT_FAULT_STORE, number, number + 1);
    report.value = report.object = number + 2;
    report.destination = number + 3;
    report.type = number % 4 == 0 ? "struct even" : "struct odd_with_a_name_that_is_cut";
    report.region = number % 4 == 0 ? "even" : "odd";
    moat_fault_raise(&report);
}

static void raise_a(void) {
    raise_numbered(0x1110);
}
static void raise_b(void) {
    raise_numbered(0x2224);
}
static void raise_c(void) {
    raise_numbered(0x3336);
}
static void raise_d(void) {
    raise_numbered(0x4448);
}

static void raise_nested(void) {
    nest = true;
    raise_numbered(0x555a);
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

/* The sequence number that the next fault gets; 0 if it leaves no valid record. */
static uint32_t next_sequence(void) {
    int ends[2];
    if (pipe(ends) != 0) {
        give_up("pipe");
    }
    pid_t child = fork();
    if (child == 0) {
        result = ends[1];
        raise_numbered(0x7772);
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

/* The records of a state, and their counts. */
struct log {
    unsigned length;
    struct {
        uint8_t bytes[sizeof(struct moat_fault) + MOAT_FAULT_REST_BYTES];
        uint32_t count;
    } records[MOAT_FAULT_SLOTS];
};

static void read_log(const struct moat_fault_retained *state, struct log *log) {
    moat_fault_retained = *state;
    memset(log, 0, sizeof *log);
    const struct moat_fault *fault;
    while ((fault = moat_fault_at(log->length, &log->records[log->length].count)) != NULL) {
        memcpy(log->records[log->length].bytes, fault, fault->bytes);
        log->length++;
    }
}

/* The number of a record in a log, or its length. */
static unsigned find(const struct log *log, const uint8_t *bytes) {
    unsigned i = 0;
    while (i < log->length && memcmp(log->records[i].bytes, bytes, sizeof log->records[i].bytes) != 0) {
        i++;
    }
    return i;
}

static uint32_t count_in(const struct log *log, const uint8_t *bytes) {
    unsigned at = find(log, bytes);
    return at < log->length ? log->records[at].count : 1;
}

/* Looks at one state that `action` may have left between `before` and `after`. */
static void check_state(const char *name, size_t number, const struct moat_fault_retained *state,
                        const struct moat_fault_retained *first, const struct moat_fault_retained *last) {
    static struct log before, after, now;
    read_log(first, &before);
    read_log(last, &after);
    read_log(state, &now);
    for (unsigned i = 0; i < now.length; i++) {
        const uint8_t *bytes = now.records[i].bytes;
        if (find(&before, bytes) == before.length && find(&after, bytes) == after.length) {
            fail(name, number, "a record that is neither an old nor the new one");
        }
        uint32_t count = now.records[i].count;
        if (count != count_in(&before, bytes) && count != count_in(&after, bytes)) {
            fail(name, number, "a count that is neither the old nor the new one");
        }
    }
    for (unsigned i = 0; i < before.length; i++) {
        const uint8_t *bytes = before.records[i].bytes;
        if (find(&after, bytes) < after.length && find(&now, bytes) == now.length) {
            fail(name, number, "a record that was complete, and was not to go, is gone");
        }
    }
    uint32_t number_before = first->sequence == ~first->sequence_inverse ? first->sequence : 0;
    uint32_t next = next_sequence();
    if (next <= number_before || next > last->sequence + 1) {
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
    step("first_record", raise_a, 20);
    step("second_record", raise_b, 20);
    step("third_record", raise_c, 20);
    step("record_that_replaces_the_second", raise_d, 10);
    step("repeated_record", raise_d, 2);
    step("repeated_record_again", raise_d, 2);
    step("nested_record", raise_nested, 20);
    step("clear", moat_fault_clear, 2);
    step("record_after_clear", raise_a, 10);
    return failures == 0 ? 0 : 1;
}
