/* moat: the stack of a task that has not run yet, for the tests that switch stacks.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_TASK_H
#define TEST_TASK_H

#include <moat.h>

/* Clears a stack of `count` words and lays it out as if its task had called cpu_switch at the start of begin(), which
 * must not return. Sets the stack's bounds and stack pointer. */
void task_lay_out(struct moat_stack *stack, uintptr_t *words, size_t count, void (*begin)(void));

#endif
