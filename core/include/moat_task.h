/* moat: preemptive tasks, MOAT_CONFIG_TASKS=1. This is for the glue between a kernel and moat (integration/ has some
 * ready). The tasks of a firmware call nothing in here but moat_gc_task. docs/tasks.md goes through it.
 *
 * The kernel keeps three rules:
 *   - It switches tasks only where interrupts are open (moat_port_mask is not held) and no handler is under way.
 *   - The registers of a task that does not run are on its stack, above the stack pointer that moat_task_switch was
 *     given, or in stack->registers. That includes the registers of a floating-point unit.
 *   - moat_port_in_handler is right.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TASK_H
#define MOAT_TASK_H

#include "moat_heap.h"

#include <stdbool.h>

MOAT_C_BEGIN_

#if MOAT_CONFIG_TASKS

/* ---- the kernel's hooks call these; they mask interrupts, never wait, and ask no lock of the kernel ---- */

/* Makes a task's stack known. The task has not run yet, or runs now. It is called before the task runs, even before
 * moat_init.
 * stack  the caller's, until moat_task_remove; its low, high and sp are set
 * Returns MOAT_OK, or the errors of moat_stack_add except for _HANDLER and _NOT_READY. Context: any. Cost: a search of
 * the stacks, masked. */
int moat_task_add(struct moat_stack *stack);

/* Forgets the stack of a task that does not run any more, before its memory is used for something else. The stack is
 * not scanned: objects that only this stack held are garbage from here on. The task must not be inside an allocation,
 * moat_gc_step or moat_gc_collect, as it must not hold a mutex. Returns MOAT_OK, or MOAT_ERR_NULL, _ABSENT.
 * Context: any. Cost: a search of the stacks, masked. */
int moat_task_remove(struct moat_stack *stack);

/* Notes that a task was switched away: its registers are pushed, and sp is its stack pointer. Call it with interrupts
 * masked, or in the handler that switches, before the next task runs. */
static inline void moat_task_switch(struct moat_stack *stack, uintptr_t sp) {
    stack->sp = sp;
    stack->runs++;
}

/* ---- the glue supplies these ---- */

/* Takes the lock of the collector, a mutex with priority inheritance that is not recursive.
 * wait  true: blocks until the lock is free. False: returns at once
 * Returns whether it was taken. Returns true before the kernel runs. Context: tasks, interrupts open. */
bool moat_kernel_lock(bool wait);

/* Gives the lock back. The waiting task of the highest priority gets it, and runs at once if its priority is not lower.
 */
void moat_kernel_unlock(void);

/* Called when the collector's task has nothing to do. It waits a little: a tick, or until the kernel is idle again. */
void moat_kernel_rest(void);

/* ---- the collector's task ---- */

/* Does the collector's work ahead of time. This is the function of a task of the lowest priority. Allocations do no
 * work then, unless that task gets too little time: they pay what it is behind. Does not return.
 * units  work units (MOAT_CONFIG_SLICE_UNITS) between two looks at whether other tasks wait, 1 or more */
MOAT_NORETURN_ void moat_gc_task(uint32_t units);

#endif

MOAT_C_END_

#endif
