/* moat: heap dumps over the console, for `moat heap` on the computer. docs/heap-map.md has the format.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_DUMP_H
#define MOAT_DUMP_H

#include "moat_compiler.h"

MOAT_C_BEGIN_

/* Prints the heap as it is at this moment through moat_port_write, in framed lines: the heap's state and bitmaps,
 * roots, pins, handles, stacks, and the objects that have slots, whole. For objects without slots (raw bytes, text) it
 * prints the header, for stacks the words that are addresses in the heap: what else the firmware keeps there stays on
 * the device. Free memory is left out, but for the holes' headers and links.
 *
 * Allocates nothing and changes nothing. Works at any phase of the collector; where the sweep has still to come, dead
 * objects show as such. Interrupts are masked from the first line to the last, so that it is one moment's picture: a
 * console that is polled at 115200 baud takes some 0.2 s for a KiB of objects with slots. Where a watchdog does not
 * wait so long, moat_port_write feeds it.
 *
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER. Context: thread. Cost: not bounded as an allocation's is; in
 * proportion to what is printed: docs/heap-map.md has the figures. */
int moat_heap_dump(void);

MOAT_C_END_

#endif
