/* moat: scanning stacks, conservatively. Internal to core; thread mode, interrupts on: they are masked for parts of
 * one word that is near an object. A scan copies such words, as far as there is room, and they are looked up later
 * (docs/design.md, "Barrier and phases").
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_STACK_H
#define MOAT_STACK_H

#include "base/caller.h"
#include "base/port.h"
#include "base/refusal.h"
#include "moat_compiler.h"
#include "moat_heap.h"

/* moat_stack_enter(pc). Thread mode is about to allocate or collect, in more than the fast path: traps if no scan knows
 * the stack that it runs on, or if it is inside already, as another task that was preempted there. In a handler:
 * nothing. pc: the caller to name. */
#define MOAT_STACK_ENTER() moat_stack_enter(MOAT_CALLER())

/* MOAT_OK, or refuses a call that is thread mode's: before moat_init, where start-up has not done its part, in a
 * handler. Traps if another task is inside. pc: the caller to name. */
int moat_require_thread(enum moat_refused call, uintptr_t pc);

/* moat_stack_leave(). Thread mode is done, or calls what may allocate and switch: a finalizer, a hook. In a handler:
 * nothing. Returns the caller that entered, with which to enter again. */

/* Scans the stack that the caller runs on, its registers included. */
void moat_stack_scan_current(void);

/* Whether a scan has found words that wait to be looked up. */
static inline bool moat_stack_waits(void) {
    return moat_heap.mark.waiting != 0;
}

/* Marks what such words are near to, as long as there are units. Returns those left. */
uint32_t moat_stack_look_up(uint32_t units);

/* Scans [from, to) as a part of a stack. Returns the units that it took. */
uint32_t moat_stack_scan_words(uintptr_t from, uintptr_t to);

/* Whether [start, end) overlaps the thread's, the handlers' or a registered stack. Cost: a search of those. */
bool moat_stack_overlaps(uintptr_t start, uintptr_t end);

/* ---- registered stacks; linked where one is added, and called only if there is one ---- */

/* The one that sp lies in, or NULL. Cost: a search of them. */
struct moat_stack *moat_stacks_find(uintptr_t sp);

/* Scans the next one that this cycle has not scanned, or a piece of it. Returns the units that it took; 0: there is
 * none.
 */
uint32_t moat_stacks_scan_next(void);

/* The next one that this cycle has not scanned, or NULL. Cost: a search of them. */
struct moat_stack *moat_stacks_first_grey(void);

/* Registers one, and ends that; what moat_stack_add and _remove return. Context: any. */
int moat_stacks_link(enum moat_refused call, struct moat_stack *stack);
int moat_stacks_unlink(enum moat_refused call, struct moat_stack *stack);

/* With MOAT_CONFIG_TASKS: the stack that the caller runs on is the owner's (mark/owner.h). */
void moat_stack_own(void);

/* ---- inline ---- */

static inline bool moat_stack_holds(const struct moat_stack *stack, uintptr_t p) {
    return p - stack->low < stack->high - stack->low;
}

/* The stack is not the last one that was seen, or another context (its stack pointer, else 0) is inside. */
void moat_stack_enter_slow(uintptr_t pc, uintptr_t sp, uintptr_t other);

/* An address in the caller's frame. On some CPUs the frame address is one past it: the end of a stack that the caller
 * is the first on. */
static inline uintptr_t moat_stack_here(void) {
    return (uintptr_t)__builtin_frame_address(0) - sizeof(uintptr_t);
}

/* Notes who is inside, and returns who was. */
static inline uintptr_t moat_stack_inside(uintptr_t pc, uintptr_t sp) {
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t other = moat_heap.front.inside;
    moat_heap.front.inside = sp;
    moat_heap.front.caller = pc;
    moat_port_unmask(masked);
    return other;
}

static inline void moat_stack_enter_here(uintptr_t pc) {
    if (!moat_port_in_handler()) {
        uintptr_t sp = moat_stack_here(), other = MOAT_CONFIG_TASKS ? 0 : moat_stack_inside(pc, sp);
        if (other != 0 || sp - moat_heap.front.stack_low >= moat_heap.front.stack_span) {
            moat_stack_enter_slow(pc, sp, other);
        }
    }
}

static inline uintptr_t moat_stack_leave_here(void) {
    if (!MOAT_CONFIG_TASKS && !moat_port_in_handler()) {
        moat_heap.front.inside = 0;
    }
    return moat_heap.front.caller;
}

MOAT_SHARED_(void moat_stack_enter(uintptr_t pc), { moat_stack_enter_here(pc); })
MOAT_SHARED_(uintptr_t moat_stack_leave(void), { return moat_stack_leave_here(); })

#endif
