/* A change at each step of a cycle, from its start until the change comes after its end.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_EVERY_STEP_H
#define TEST_EVERY_STEP_H

/* For n = 0, 1, 2, ...: prepare(), which starts the heap anew; a cycle's start and n steps of it; change(); the rest of
 * the cycle; judge(). Ends when a check fails. */
void at_every_step(void (*prepare)(void), void (*change)(void), void (*judge)(void));

#endif
