/* tracker: the heap's memory.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TRACKER_HEAP_H
#define TRACKER_HEAP_H

/* Starts moat with an arena of 32 KiB. Returns MOAT_OK or what is wrong. */
int heap_open(void);

#endif
