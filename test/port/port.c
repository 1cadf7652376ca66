/* The self-test of a port and its board: the points of docs/porting.md, "Proving it".
 *
 * It boots again and again. The first boots look at their memory; each of the next provokes a fault that ends in a
 * reset, and notes the record that the one before has left; the last one judges, and runs the cases of cases.c.
 *
 * Arguments, each for a run of its own:
 *   end=NAME    provokes the fault of that name (faults.c), which ends the run
 *   console=N   receives N bytes
 *
 * SPDX-License-Identifier: MIT */
#include "port/cases.h"
#include "port/faults.h"

#include "cpu.h"
#include "harness.h"

#include <bsp.h>

#define PLAIN_BOOTS 4 /* the first is power-up; each of the others was asked for by the one before */
#define PATTERN 0x5eed0000u
#define RETAINED_WORDS 64

/* A part of the fault that a boot left: a small board has no room for all of it. */
struct found {
    uint32_t boots;
    uint8_t status, kind;
    bool in_handler;
    bool returned; /* from the provocation */
};

static __attribute__((section(".noinit.moat_port_suite"))) struct {
    uint32_t words[RETAINED_WORDS];
    uint32_t boots[PLAIN_BOOTS + 1];      /* by bsp_boot_count: the count, once again */
    uint32_t words_lost[PLAIN_BOOTS + 1]; /* of `words`, that are not as the boot before left them */
    uint32_t data_stale[PLAIN_BOOTS + 1]; /* 1 if an initialised variable was not fresh */
    uint32_t zero_stale[PLAIN_BOOTS + 1]; /* 1 if a zero one was not */
    struct found found[PORT_FAULT_COUNT];
} seen;

static volatile uint32_t data = PATTERN;
static volatile uint32_t zero;

/* ---- the boots ---- */

static void look_at_memory(uint32_t boot) {
    seen.boots[boot] = boot;
    seen.words_lost[boot] = 0;
    for (uint32_t i = 0; i < RETAINED_WORDS; i++) {
        seen.words_lost[boot] += boot > 1 && seen.words[i] != PATTERN * (boot - 1) + i;
        seen.words[i] = PATTERN * boot + i;
    }
    seen.data_stale[boot] = data != PATTERN;
    seen.zero_stale[boot] = zero != 0;
    data = boot;
    zero = boot;
}

static void provoke(uint32_t number) {
    moat_fault_clear();
    seen.found[number].returned = false;
    bsp_on_trap(BSP_TRAP_RESET);
    bsp_init();
    if (cpu_exceptions != 0 || (port_faults[number].flags & PORT_EXCEPTION) == 0) {
        port_faults[number].provoke();
        seen.found[number].returned = true;
    }
    bsp_reset();
}

static void note_fault(struct found *found) {
    static struct moat_fault fault;
    found->status = (uint8_t)moat_fault_get(&fault);
    found->kind = (uint8_t)fault.kind;
    found->in_handler = (fault.state & MOAT_FAULT_IN_HANDLER) != 0;
    found->boots = fault.boots;
}

/* One boot's work; returns in the last. */
static void boot_once(uint32_t boot) {
    if (boot <= PLAIN_BOOTS) {
        look_at_memory(boot);
    }
    if (boot < PLAIN_BOOTS) {
        bsp_reset();
    }
    uint32_t next = boot - PLAIN_BOOTS; /* fault to provoke */
    if (next > 0) {
        note_fault(&seen.found[next - 1]);
    }
    if (next < PORT_FAULT_COUNT) {
        provoke(next);
    }
}

/* ---- judging ---- */

static void boots_are_counted(void) {
    CHECK_EQUAL(bsp_boot_count(), PLAIN_BOOTS + PORT_FAULT_COUNT);
}

static void retained_memory_survives_resets(void) {
    for (uint32_t boot = 1; boot <= PLAIN_BOOTS; boot++) {
        CHECK_EQUAL(seen.boots[boot], boot);
        CHECK_EQUAL(seen.words_lost[boot], 0);
    }
}

static void other_memory_is_fresh_in_each_boot(void) {
    for (uint32_t boot = 1; boot <= PLAIN_BOOTS; boot++) {
        CHECK_EQUAL(seen.data_stale[boot], 0);
        CHECK_EQUAL(seen.zero_stale[boot], 0);
    }
}

static void judge_fault(enum port_fault_number number) {
    const struct port_fault *fault = &port_faults[number];
    const struct found *found = &seen.found[number];
    CHECK(!found->returned);
    CHECK_EQUAL(found->status, MOAT_FAULT_STATUS_VALID);
    CHECK_EQUAL(found->kind, fault->kind);
    /* An exception is reported by its handler. */
    CHECK_EQUAL(found->in_handler, fault->flags != PORT_TRAP);
    CHECK_EQUAL(found->boots, PLAIN_BOOTS + (uint32_t)number);
}

#define JUDGE(name, kind, flags)                                                                                       \
    static void name(void) {                                                                                           \
        judge_fault(PORT_##name);                                                                                      \
    }
PORT_FAULTS(JUDGE)

#define JUDGE_CASE(name, kind, flags) TEST_CASE(name),
static const struct test_case cases[] = {
    TEST_CASE(boots_are_counted),
    TEST_CASE(retained_memory_survives_resets),
    TEST_CASE(other_memory_is_fresh_in_each_boot),
    TEST_CASE(boot_is_described),
    TEST_CASE(clock_counts_instructions),
    TEST_CASE(timer_hits_each_instruction_once),
    TEST_CASE(masks_nest),
    TEST_CASE(the_mask_can_be_read),
    TEST_CASE(mask_returns_what_was),
    TEST_CASE(handlers_are_known_and_have_their_stack),
    TEST_CASE(interrupted_stack_is_known),
    TEST_CASE(spill_leaves_each_register_on_the_stack),
    TEST_CASE(registers_are_written_by_number),
    TEST_CASE(calls_are_told_from_other_code),
    TEST_CASE(clear_clears_four_words),
    TEST_CASE(clear_many_clears_eights),
    PORT_FAULTS(JUDGE_CASE) /* last: those of the CPU, which not every one raises */
};

#define PORT_TRAP_COUNT ((size_t)PORT_undefined_instruction) /* the traps come first */
#define ALL_CASES (sizeof cases / sizeof cases[0])

/* ---- runs of their own ---- */

/* The rest of a command line that begins with `word`, else NULL. */
static const char *argument(const char *word) {
    static char text[80];
    if (bsp_command_line(text, sizeof text) < 0) {
        return NULL;
    }
    const char *rest = text;
    while (*word != '\0' && *word == *rest) {
        word++;
        rest++;
    }
    return *word == '\0' ? rest : NULL;
}

/* By default a trap ends the run. */
static void end_as_told(const char *name) {
    for (size_t i = 0; i < PORT_FAULT_COUNT; i++) {
        if (test_same_text(name, port_faults[i].name)) {
            bsp_init();
            port_faults[i].provoke();
        }
    }
    bsp_exit(1);
}

static void console_as_told(const char *number) {
    uint32_t bytes = 0;
    for (; *number >= '0' && *number <= '9'; number++) {
        bytes = bytes * 10 + (uint32_t)(*number - '0');
    }
    bsp_init();
    uint32_t arrived = port_console_receive(bytes);
    test_note("bytes", arrived);
    test_note("overruns", bsp_rx_overruns());
    bsp_exit(arrived == bytes && bsp_rx_overruns() == 0 ? 0 : 1);
}

int main(void) {
    const char *rest;
    if ((rest = argument("end=")) != NULL) {
        end_as_told(rest);
    }
    if ((rest = argument("console=")) != NULL) {
        console_as_told(rest);
    }
    boot_once(bsp_boot_count());
    return test_main(cases, cpu_exceptions != 0 ? ALL_CASES : ALL_CASES - PORT_FAULT_COUNT + PORT_TRAP_COUNT);
}
