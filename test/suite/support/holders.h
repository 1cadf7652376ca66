/* Cooperative tasks that do nothing but hold one object each on their stacks, which are registered, and come and go.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_HOLDERS_H
#define TEST_HOLDERS_H

#include <moat.h>

#define HOLDERS 3

/* Forgets all; none is registered. After fresh_heap. */
void holders_begin(void);

/* Registers the task's stack, or ends that: it holds nothing then. */
void holders_add(unsigned holder);
void holders_remove(unsigned holder);
bool holders_is_added(unsigned holder);

/* In turns: the task takes the object from `holders_mailbox`, and clears that; it lets go of what it holds. */
extern MOAT_ROOT(void) holders_mailbox;
void holders_resume(unsigned holder);

#endif
