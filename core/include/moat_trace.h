/* moat: prints what the collector did, for `moat trace` on the computer.
 *
 *     #include <moat.h>
 *     moat_trace_print();      built with MOAT_CONFIG_EVENTS=1024, for example
 *
 * docs/trace.md describes the lines, lists the events and says what they cost.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TRACE_H
#define MOAT_TRACE_H

#include "moat_compiler.h"

MOAT_C_BEGIN_

/* Prints the last MOAT_CONFIG_EVENTS events of the collector to the console, as framed lines of 8 events each. The
 * events stay in the ring: another call prints them again, and the tool merges them. A handler that allocates meanwhile
 * adds events. Those are not printed. Events that they push out of the ring are left out, and the tool counts them.
 * Returns MOAT_OK; MOAT_ERR_BUILD in a build that keeps no events. Context: any. Cost: some 300 characters a line, by
 * polling, and 40 instructions a character; interrupts are masked for 8 copies at a time. 300 bytes of stack. */
int moat_trace_print(void);

MOAT_C_END_

#endif
