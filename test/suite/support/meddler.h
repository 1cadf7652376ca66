/* Two handlers, each with a graph of its own, that work at random instructions of what a firmware does in thread mode;
 * the second interrupts the first where the board's interrupts nest, else it follows. They make, link, swap, move,
 * zero, pin and finalize, and see that nothing of theirs is lost or freed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_MEDDLER_H
#define TEST_MEDDLER_H

#include <stdint.h>

/* Forgets all. After fresh_heap. seed: of what they do. */
void meddler_begin(uint32_t seed);

/* One comes within some hundred instructions; none comes any more. */
void meddler_arm(void);
void meddler_disarm(void);

/* Lets go of all objects. Disarmed. */
void meddler_drop(void);

/* How often they have worked. */
unsigned meddler_runs(void);

#endif
