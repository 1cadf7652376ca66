/* The cases of a port's self-test that need no boot of their own.
 *
 * SPDX-License-Identifier: MIT */
#include "port/cases.h"

#include "base/port.h"
#include "cpu.h"
#include "harness.h"

#include <bsp.h>
#include <moat_fault.h>

#define LOOP_INSTRUCTIONS 2 /* a round of cpu_loop */

/* Where the clock counts time, it counts no instructions. */
#define NEEDS_EXACT_CLOCK()                                                                                            \
    do {                                                                                                               \
        if (bsp_instructions_hz() != 0) {                                                                              \
            SKIP("instructions are not counted here");                                                                 \
        }                                                                                                              \
    } while (0)

/* ---- time ---- */

/* Laid out alike for each number of rounds: what the call itself takes is the same. */
__attribute__((noinline, noclone)) static uint32_t loop_length(uint32_t rounds) {
    uint32_t start = bsp_instructions();
    cpu_loop(rounds);
    return bsp_instructions() - start;
}

void clock_counts_instructions(void) {
    static const uint32_t rounds[] = {1, 101, 2002, 200003};
    uint32_t before = moat_port_clock();
    uint32_t one = loop_length(rounds[0]);
    CHECK(moat_port_clock() - before < UINT32_MAX / 2);
    NEEDS_EXACT_CLOCK();
    for (size_t i = 1; i < sizeof rounds / sizeof rounds[0]; i++) {
        CHECK_EQUAL(loop_length(rounds[i]) - one, LOOP_INSTRUCTIONS * (rounds[i] - rounds[0]));
    }
}

static volatile uint32_t line[CPU_LINE];
static volatile uint32_t stored;  /* words of the line, when the timer's interrupt came */
static volatile uint32_t expired; /* times that it came */

static void on_timer(void) {
    stored = 0;
    for (size_t i = 0; i < CPU_LINE; i++) {
        stored += line[i];
    }
    expired++;
}

/* Words that were stored when the timer interrupted the line `delay` instructions after its start. */
static uint32_t line_interrupted(uint32_t delay) {
    for (size_t i = 0; i < CPU_LINE; i++) {
        line[i] = 0;
    }
    expired = 0;
    bsp_timer_start(delay, false, on_timer);
    cpu_line(line);
    cpu_loop(1000); /* room for the interrupt that comes behind the line */
    return stored;
}

void timer_hits_each_instruction_once(void) {
    NEEDS_EXACT_CLOCK();
    uint32_t delay = 1;
    while (line_interrupted(delay) == 0) {
        CHECK_EQUAL(expired, 1);
        delay++;
        CHECK(delay < 1000);
    }
    for (uint32_t words = 1; words <= CPU_LINE; words++) {
        CHECK_EQUAL(line_interrupted(delay), words);
        CHECK_EQUAL(expired, 1);
        delay++;
    }
}

/* ---- interrupts ---- */

static volatile uint32_t interrupts;
static volatile bool in_handler;
static volatile uintptr_t handler_at;
static volatile uintptr_t interrupted_sp;

/* The address of the caller's frame, near enough. */
__attribute__((noinline, no_sanitize_address)) static uintptr_t stack_here(void) {
    return (uintptr_t)__builtin_frame_address(0);
}

static void on_interrupt(void) {
    interrupts++;
    in_handler = moat_port_in_handler();
    handler_at = stack_here();
    interrupted_sp = moat_port_interrupted_sp();
}

static bool inside(struct moat_range range, uintptr_t address) {
    return address >= range.low && address < range.high;
}

void masks_nest(void) {
    interrupts = 0;
    moat_port_mask_t outer = moat_port_mask();
    moat_port_mask_t inner = moat_port_mask();
    bsp_interrupt(on_interrupt);
    uint32_t under_both = interrupts;
    moat_port_unmask(inner);
    uint32_t under_one = interrupts;
    moat_port_unmask(outer);
    uint32_t open = interrupts;
    CHECK_EQUAL(under_both, 0);
    CHECK_EQUAL(under_one, 0);
    CHECK_EQUAL(open, 1);
}

void the_mask_can_be_read(void) {
    bool before = moat_port_is_masked();
    moat_port_mask_t outer = moat_port_mask();
    bool under_one = moat_port_is_masked();
    moat_port_mask_t inner = moat_port_mask();
    bool under_both = moat_port_is_masked();
    moat_port_unmask(inner);
    bool under_one_again = moat_port_is_masked();
    moat_port_unmask(outer);
    CHECK(!before);
    CHECK(under_one);
    CHECK(under_both);
    CHECK(under_one_again);
    CHECK(!moat_port_is_masked());
}

void mask_returns_what_was(void) {
    interrupts = 0;
    bsp_interrupt(on_interrupt);
    CHECK_EQUAL(interrupts, 1); /* open: at once */
    moat_port_unmask(moat_port_mask());
    bsp_interrupt(on_interrupt);
    CHECK_EQUAL(interrupts, 2);
}

void handlers_are_known_and_have_their_stack(void) {
    struct moat_range thread = moat_port_thread_stack(), handler = moat_port_handler_stack();
    CHECK(!moat_port_in_handler());
    CHECK(inside(thread, stack_here()));
    interrupts = 0;
    bsp_interrupt(on_interrupt);
    CHECK_EQUAL(interrupts, 1);
    CHECK(in_handler);
    CHECK(inside(handler, handler_at));
    CHECK(handler.low == thread.low || handler.high <= thread.low || handler.low >= thread.high);
    CHECK(!moat_port_in_handler());
}

void interrupted_stack_is_known(void) {
    struct moat_range thread = moat_port_thread_stack();
    CHECK_EQUAL(moat_port_interrupted_sp(), 0);
    interrupts = 0;
    uintptr_t here = stack_here();
    bsp_interrupt(on_interrupt);
    CHECK_EQUAL(interrupts, 1);
    if (moat_port_handler_stack().low == thread.low) {
        CHECK_EQUAL(interrupted_sp, 0);
    } else {
        CHECK(inside(thread, interrupted_sp));
        CHECK(here - interrupted_sp < 512 || interrupted_sp - here < 512);
    }
}

/* ---- registers ---- */

static uintptr_t secret;
static uintptr_t copies; /* of it, where it must be */
static uintptr_t lowest; /* the visitor's sp */

static void *secret_make(void) {
    return (void *)secret;
}

/* A value that nothing else has, another one each time. */
static void secret_next(void) {
    secret = secret * 5 + 0x1357ace1u;
    copies = 0;
}

/* Reads what spill_and_call has pushed: from sp to where the stack stood when it was called. */
__attribute__((no_sanitize_address)) static void *spill_visit(void *context, uintptr_t sp) {
    lowest = sp;
    for (const volatile uintptr_t *word = (const volatile uintptr_t *)sp; (uintptr_t)word < cpu_call_sp; word++) {
        copies += *word == secret;
    }
    return context;
}

void spill_leaves_each_register_on_the_stack(void) {
    cpu_call_function = (uintptr_t)moat_port_spill_and_call;
    cpu_call_arguments[0] = (uintptr_t)spill_visit;
    cpu_call_arguments[1] = 0;
    for (size_t i = 0; i < cpu_hold_count; i++) {
        secret_next();
        const void *after = cpu_holds[i](secret_make, cpu_call);
        CHECK(lowest < cpu_call_sp);
        if (copies == 0) {
            test_note("not spilled: register number", (int64_t)i);
        }
        CHECK(copies > 0);
        CHECK_POINTER(after, (const void *)secret);
    }
}

void registers_are_written_by_number(void) {
    static uintptr_t registers[MOAT_PORT_REGISTERS];
    uint64_t numbers = 0; /* that the secret was found at */
    cpu_call_function = (uintptr_t)moat_port_registers;
    cpu_call_arguments[0] = (uintptr_t)registers;
    for (size_t i = 0; i < cpu_word_hold_count; i++) {
        secret_next();
        CHECK_POINTER(cpu_holds[i](secret_make, cpu_call), (const void *)secret);
        for (unsigned number = 0; number < MOAT_PORT_REGISTERS; number++) {
            if (registers[number] == secret) {
                copies++;
                numbers |= (uint64_t)1 << number;
            }
        }
        if (copies != 1) {
            test_note("register number", (int64_t)i);
        }
        CHECK_EQUAL(copies, 1);
    }
    uint64_t known = moat_port_registers(registers);
    CHECK_EQUAL(__builtin_popcountll(numbers), cpu_word_hold_count);
    CHECK_EQUAL(numbers & ~known, 0);
    CHECK((known >> MOAT_PORT_REGISTER_SP & 1) != 0);
    CHECK(inside(moat_port_thread_stack(), registers[MOAT_PORT_REGISTER_SP]));
    CHECK(stack_here() - registers[MOAT_PORT_REGISTER_SP] < 512 ||
          registers[MOAT_PORT_REGISTER_SP] - stack_here() < 512);
}

__attribute__((noinline, noclone)) static uintptr_t return_address(void) {
    return (uintptr_t)__builtin_extract_return_addr(__builtin_return_address(0));
}

void calls_are_told_from_other_code(void) {
    CHECK(moat_port_follows_call(return_address()));
    CHECK(!moat_port_follows_call((uintptr_t)cpu_line + CPU_LINE)); /* stores before it */
}

/* ---- the rest ---- */

#ifdef MOAT_PORT_CLEAR
static uintptr_t around[64]; /* what is cleared, and what is not */

static void fill_around(void) {
    for (size_t i = 0; i < 64; i++) {
        around[i] = secret + 1 + i;
    }
}

static void check_around(size_t first, size_t end) {
    for (size_t i = 0; i < 64; i++) {
        CHECK_EQUAL(around[i], i >= first && i < end ? 0 : secret + 1 + i);
    }
}
#endif

void clear_clears_four_words(void) {
#ifdef MOAT_PORT_CLEAR
    fill_around();
    MOAT_PORT_CLEAR(&around[3], 0);
    check_around(3, 7);
    fill_around();
    MOAT_PORT_CLEAR(&around[3], 8);
    check_around(11, 15);
    fill_around();
    MOAT_PORT_CLEAR(&around[11], -8);
    check_around(3, 7);
#else
    SKIP("the port has no fast way to clear");
#endif
}

void clear_many_clears_eights(void) {
#ifdef MOAT_PORT_CLEAR_MANY
    for (size_t last = 4; last < 40; last++) {
        uintptr_t *at = &around[3];
        fill_around();
        MOAT_PORT_CLEAR_MANY(at, &around[last]);
        size_t end = 3 + (last - 3 + 7) / 8 * 8;
        check_around(3, end);
        CHECK(at == &around[end]);
    }
#else
    SKIP("the port has no fast way to clear much");
#endif
}

void boot_is_described(void) {
    struct moat_port_boot boot;
    moat_port_boot(&boot);
    CHECK_EQUAL(boot.boots, bsp_boot_count());
    CHECK_EQUAL(boot.reset_cause, MOAT_RESET_SOFTWARE);
    CHECK_EQUAL(boot.clock_hz, bsp_instructions_hz());
    uint32_t before = boot.uptime;
    uint32_t start = bsp_milliseconds();
    while (bsp_milliseconds() - start < 3) {
    }
    moat_port_boot(&boot);
    CHECK(boot.uptime - before >= 2 && boot.uptime - before < 10000);
}

uint32_t port_console_receive(uint32_t bytes) {
    uint32_t state = 1;
    for (uint32_t i = 0; i < bytes; i++) {
        int byte;
        do {
            byte = bsp_getchar();
        } while (byte < 0);
        state = state * 1664525u + 1013904223u;
        if ((uint32_t)byte != state >> 24) {
            return i;
        }
    }
    return bytes;
}
