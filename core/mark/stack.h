/* moat: scanning stacks, conservatively. Internal to core; thread mode, interrupts on: they are masked for parts of
 * one word that is near an object.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_STACK_H
#define MOAT_STACK_H

#include "base/caller.h"
#include "moat_heap.h"

/* Thread mode is about to allocate or collect, in more than the fast path: traps if no scan knows the stack that it
 * runs on, or if it is inside already, as another task that was preempted there. In a handler: nothing. pc: the caller
 * to name. */
void moat_stack_enter(uintptr_t pc);
#define MOAT_STACK_ENTER() moat_stack_enter(MOAT_CALLER())

/* MOAT_OK, or refuses a call that is thread mode's: before moat_init, where start-up has not done its part, in a
 * handler. Traps if another task is inside. pc: the caller to name. */
int moat_require_thread(const char *call, uintptr_t pc);

/* Thread mode is done, or calls what may allocate and switch: a finalizer, a hook. In a handler: nothing. Returns the
 * caller that entered, with which to enter again. */
uintptr_t moat_stack_leave(void);

/* Scans the stack that the caller runs on, its registers included. */
void moat_stack_scan_current(void);

/* Whether a registered stack has not been scanned in this cycle. Cost: a search of them. */
bool moat_stack_any_grey(void);

/* Scans the next registered stack that this cycle has not scanned. False: there is none. */
bool moat_stack_scan_next(void);

/* Whether [start, end) overlaps the thread's, the handlers' or a registered stack. Cost: a search of those. */
bool moat_stack_overlaps(uintptr_t start, uintptr_t end);

#endif
