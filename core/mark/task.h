/* moat: the stacks of preemptive tasks. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MARK_TASK_H
#define MOAT_MARK_TASK_H

#include <stdbool.h>
#include <stdint.h>

/* As moat_stack_scan_next, but a piece of a stack: one that the task has run on meanwhile is begun anew. Owner. */
bool moat_task_scan_some(void);

/* Scans the stack that the owner runs on, from `from` on, and lets tasks that wait be the owner in between. False: they
 * have ended the cycle. */
bool moat_task_scan_own(uintptr_t from, uintptr_t to);

/* Masked: a stack is no longer registered. */
struct moat_stack;
void moat_task_forget(const struct moat_stack *stack);

#endif
