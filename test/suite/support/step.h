/* A handler at the n-th instruction of an operation, for n = 1, 2, 3, ... until the operation is over before it. For a
 * quicker look, the command line's `stride=` is the step from one n to the next.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_STEP_H
#define TEST_STEP_H

#include <stdbool.h>
#include <stdint.h>

enum step_where { STEP_BEFORE, STEP_INSIDE, STEP_AFTER };

/* Runs `operation`, with `interrupt` in interrupt context `n` instructions after this was called. Returns where in the
 * operation that was; both have run by then. */
enum step_where step_at(uint32_t n, void (*operation)(void), void (*interrupt)(void));

/* In `interrupt`: where the thread was. */
enum step_where step_where(void);

/* Runs attempt(context, n), which returns what step_at(n, ...) does, until the operation is over before the interrupt.
 * Fails the case if it was hit inside less than `least` times, at a stride of 1. Returns how often. */
uint32_t step_through(enum step_where (*attempt)(const void *context, uint32_t n), const void *context, uint32_t least);

/* Instructions that `operation` takes if nothing interrupts it. */
uint32_t step_length(void (*operation)(void));

#endif
