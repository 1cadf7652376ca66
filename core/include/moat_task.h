/* moat: preemptive tasks, MOAT_CONFIG_TASKS=1. For the glue between a kernel and moat (integration/ has some ready); a
 * firmware's tasks call nothing in here but moat_gc_task. docs/tasks.md goes through it.
 *
 * The kernel keeps three rules: it switches tasks only where interrupts are open (moat_port_mask is not held) and no
 * handler is under way; a task that does not run has its registers, those of a floating-point unit included, on its
 * stack above the stack pointer that moat_task_switch was told, or in stack->registers; and moat_port_in_handler is
 * right.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TASK_H
#define MOAT_TASK_H

#include "moat_heap.h"

#include <stdbool.h>

MOAT_C_BEGIN_

#if MOAT_CONFIG_TASKS

/* ---- the kernel's hooks call these; they mask interrupts, never wait, and ask no lock of the kernel ---- */

/* Makes the stack of a task known that has not run yet, or that runs. stack->low, high and sp are set; `stack` stays
 * the caller's, in static memory or wherever it is kept until moat_task_remove. Before the task runs, even before
 * moat_init. Context: any. Returns MOAT_OK, or the errors of moat_stack_add but for _HANDLER and _NOT_READY. Cost: a
 * search of the stacks, masked. */
int moat_task_add(struct moat_stack *stack);

/* Forgets the stack of a task that does not run any more, before its memory is used for something else. Objects that
 * only this stack held is garbage from here on: it is not scanned. The task must not be inside of an allocation,
 * moat_gc_step or moat_gc_collect, as it must not hold a mutex. Context: any. Returns MOAT_OK, or MOAT_ERR_NULL,
 * _ABSENT. Cost: a search of the stacks, masked. */
int moat_task_remove(struct moat_stack *stack);

/* A task was switched away: its registers are pushed, sp is its stack pointer. Interrupts masked, or in the handler
 * that switches; before the next task runs. */
static inline void moat_task_switch(struct moat_stack *stack, uintptr_t sp) {
    stack->sp = sp;
    stack->runs++;
}

/* ---- the glue supplies these ---- */

/* Takes the lock of the collector, a mutex with priority inheritance, not recursive. wait: blocks until it is there;
 * else returns at once. Returns whether it was taken. Before the kernel runs, true. Context: tasks, interrupts open. */
bool moat_kernel_lock(bool wait);

/* Gives it back to the waiting task of the highest priority, which runs at once if its priority is not lower. */
void moat_kernel_unlock(void);

/* The collector's task has nothing to do: waits a little, a tick or until the kernel is idle again. */
void moat_kernel_rest(void);

/* ---- the collector's task ---- */

/* Does the collector's work ahead of time: for a task of the lowest priority, whose function it is. Allocations do none
 * then, unless that task does not get the time for it: they pay what it is behind. Does not return.
 * units  work units (MOAT_CONFIG_SLICE_UNITS) between two looks at whether other tasks wait, 1 or more */
MOAT_NORETURN_ void moat_gc_task(uint32_t units);

#endif

MOAT_C_END_

#endif
