/* moat: the functions that core asks of a CPU, and no more. docs/porting.md walks through it.
 *
 * Rules for all of them: a port function does not allocate, and does not wait without bound. It calls no moat_* except
 * for moat_fault_exception, _misused and _overwritten. All may be called from handlers, with interrupts masked. The
 * port keeps no state that core depends on.
 *
 * A port folder holds moat_port_cpu.h with the inline half, found by the include path (-Iport/FAMILY):
 *
 *   typedef ... moat_port_mask_t;
 *   static inline moat_port_mask_t moat_port_mask(void);      mask interrupts, return what was; nestable
 *   static inline void moat_port_unmask(moat_port_mask_t);    restore what moat_port_mask returned
 *   static inline bool moat_port_is_masked(void);             true between the two
 *   static inline bool moat_port_in_handler(void);            true in an interrupt or exception handler
 *   static inline bool moat_port_may_use(void);               false in a handler that can come inside the mask; a
 *                            part of it may be out of line, moat_port_handler_may_use(void), asked in a handler
 *   MOAT_PORT_REGISTERS      registers in a fault record, by DWARF number, the program counter among them
 *   MOAT_PORT_REGISTER_SP    the stack pointer's number
 *   MOAT_PORT_CALL_BYTES     of the longest call instruction
 *
 * and, where the CPU has a faster way than C:
 *
 *   #define MOAT_PORT_CLEAR(at, words) ...                    clear 4 words, from that many behind `at` on: a constant
 *   #define MOAT_PORT_CLEAR_MANY(at, last) ...                clear 8 words at `at`, add 8 to it, and again while it is
 *                                                             less than `last`
 *   #define MOAT_PORT_SKIP(at, end, low, span) ...            as skip() in mark/stack.c
 *   #define MOAT_PORT_GREY 1                                  the port has moat_port_grey_loop (mark/grey.h), which
 *                                                             opens windows by itself; 0: and does not
 *
 * and, where interrupts that are let in for an instant may miss it:
 *
 *   #define MOAT_PORT_SYNC() ...                              waits until all that pend, and are not masked, have run
 *
 * Both halves of the mask are compiler barriers. The rest is out of line, below.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_H
#define MOAT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <moat_port_cpu.h>

struct moat_range {
    uintptr_t low;  /* first byte */
    uintptr_t high; /* one past the last */
};

#ifndef MOAT_PORT_SYNC
#define MOAT_PORT_SYNC() ((void)0)
#endif

/* Opens a window: interrupts are as `masked` says for an instant, in which those that pend run. Interrupts masked. */
static inline void moat_port_window(moat_port_mask_t masked) {
    moat_port_unmask(masked);
    MOAT_PORT_SYNC();
    (void)moat_port_mask();
}

/* Pushes every register that a callee must preserve on the current stack, those of floating point too. Then calls
 * visit(context, sp) with sp at or below the lowest of them. Returns what visit returns. */
void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context);

/* The stack that thread mode runs on when no registered stack is in use: [low, high). */
struct moat_range moat_port_thread_stack(void);

/* Without moat's linker fragments: tells the port that thread mode's stack is [low, high). */
void moat_port_thread_stack_is(uintptr_t low, uintptr_t high);

/* The stack that handlers run on; equal to the thread's where they share one. */
struct moat_range moat_port_handler_stack(void);

/* Writes `length` bytes to the console, by polling. */
void moat_port_write(const char *text, size_t length);

/* Ends the firmware after a fault was recorded: the CPU's trap instruction, then whatever the board makes of it
 * (a reset in the field, a non-zero exit in a test). */
_Noreturn void moat_port_trap(void);

/* Returns NULL; or, if start-up has left something undone so that moat_port_in_handler can't be right, a clause that
 * says what it is and what to do. Called by moat_init and by the calls for thread mode. */
const char *moat_port_undone(void);

/* Called when core was called on a stack, or by a task, by which it must not be called. In firmware that has the fault
 * log (all unexpected exceptions end in moat_fault_exception), this calls moat_fault_misused with the same arguments.
 * In other firmware it calls moat_port_trap. */
_Noreturn void moat_port_misused(uintptr_t pc, uintptr_t sp, uintptr_t other);

/* The value of `other` that says: in a handler where moat_port_may_use() is false. */
#define MOAT_PORT_MISUSED_UNMASKED 1u

/* The value that says: a task has to wait for another, and has masked interrupts. */
#define MOAT_PORT_MISUSED_MASKED_WAIT 2u

/* Called when core found memory of its own overwritten: INV-`invariant` of docs/design.md does not hold at `where`. In
 * firmware that has the fault log, this calls moat_fault_overwritten with the same arguments and the caller. In other
 * firmware it calls moat_port_trap. */
_Noreturn void moat_port_overwritten(unsigned invariant, uintptr_t where);

/* With MOAT_PORT_GREY: as moat_grey_loop (core/mark/grey.h), and faster. */
struct moat_grey;
unsigned moat_port_grey_loop(struct moat_grey *loop);

/* A free-running counter of instructions or cycles that wraps at 32 bits; 0 where there is none. */
uint32_t moat_port_clock(void);

/* ---- for the fault record; firmware that can't raise a fault links none of these ---- */

/* Writes the registers that a callee must preserve, the stack pointer and the program counter, by their numbers. All
 * are written as they will be when this returns. Returns which are known: bit i for registers[i]. */
uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]);

/* In a handler that has a stack of its own: the stack pointer of the thread that was interrupted. Else 0. */
uintptr_t moat_port_interrupted_sp(void);

/* Whether a call instruction stands before `address`, which is MOAT_PORT_CALL_BYTES or more inside of readable code. */
bool moat_port_follows_call(uintptr_t address);

struct moat_port_boot {
    uint32_t boots;       /* power-up is 1, each reset adds one; 0: not known */
    uint32_t reset_cause; /* enum moat_reset_cause */
    uint32_t uptime;      /* milliseconds since this boot began; wraps */
    uint32_t clock_hz;    /* ticks of moat_port_clock in a second; 0: not known, or it counts no time */
};

/* The board's knowledge of this boot, and of time. */
void moat_port_boot(struct moat_port_boot *out);

#endif
