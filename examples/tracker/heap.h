/* tracker: the heap's memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_HEAP_H
#define TRACKER_HEAP_H

#define HEAP_BYTES (32 * 1024)

/* Starts moat with an arena of that size. Returns MOAT_OK or what is wrong. */
int heap_open(void);

#endif
