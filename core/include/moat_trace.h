/* moat: printing what the collector did, for `moat trace` on the computer.
 *
 *     #include <moat.h>
 *     moat_trace_print();      built with MOAT_CONFIG_EVENTS=1024, say
 *
 * docs/trace.md describes the lines, lists the events and says what they cost.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TRACE_H
#define MOAT_TRACE_H

#include "moat_compiler.h"

MOAT_C_BEGIN_

/* Prints the last MOAT_CONFIG_EVENTS events of the collector to the console, as framed lines of 8 events each. They
 * stay in the ring: printing again prints them again, and the tool merges them. Events that are added meanwhile, by
 * handlers that allocate, are not printed; those that they push out are left out and counted by the tool. Returns
 * MOAT_OK; MOAT_ERR_BUILD in a build that keeps no events. Context: any. Cost: some 300 characters a line, by polling,
 * and 40 instructions a character; interrupts are masked for 8 copies at a time. 300 bytes of stack. */
int moat_trace_print(void);

MOAT_C_END_

#endif
