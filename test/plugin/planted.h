/* moat: the planted stores of planted.c, and who runs them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PLUGIN_PLANTED_H
#define TEST_PLUGIN_PLANTED_H

unsigned planted_count(void);

/* Runs one: p is a pointer, item one to a struct that is like planted.c's, whose first member is a pointer. */
void planted_run(unsigned number, void *p, void *item);

/* A device's register that takes any word. */
void *planted_device(void);

#endif
