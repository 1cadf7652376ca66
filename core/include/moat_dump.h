/* moat: heap dumps over the console, for `moat heap` on the computer. docs/heap-map.md has the format.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_DUMP_H
#define MOAT_DUMP_H

#include "moat_compiler.h"

MOAT_C_BEGIN_

/* Prints the heap as it is at this moment through moat_port_write, in framed lines: the heap's state and bitmaps,
 * roots, pins, handles, stacks, and the objects that have slots, whole. For objects without slots (raw bytes, text) it
 * prints the header only, and for stacks only the words that are addresses in the heap. Their other contents stay on
 * the device. Free memory is left out, except for the headers and links of holes.
 *
 * Allocates nothing and changes nothing. Works in any phase of the collector. Dead objects that the sweep has still to
 * come to are shown as dead. Interrupts are masked from the first line to the last, so that all lines show the same
 * moment: a console that is polled at 115200 baud takes some 0.2 s for a KiB of objects with slots. If a watchdog does
 * not wait so long, moat_port_write must feed it.
 *
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER. Context: thread. Cost: not bounded as an allocation's is; in
 * proportion to what is printed: docs/heap-map.md has the figures. */
int moat_heap_dump(void);

MOAT_C_END_

#endif
