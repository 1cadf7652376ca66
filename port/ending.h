/* moat: how a firmware ends: the order of trap, report and exit, the same for every CPU that takes exceptions.
 *
 * A fault can be taken at any point of it, by the report's own code too. Each step is taken once, so that the run
 * ends whatever happens.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_ENDING_H
#define MOAT_PORT_ENDING_H

#include <stdbool.h>

/* An unexpected exception was taken. Returns if it is to be reported, as the second of two may be; does not return if
 * it is the trap instruction's, or a third fault. Interrupts masked. */
void moat_port_ending_exception(void);

/* The trap is to be taken. Returns if the caller is to execute its trap instruction; does not return if the
 * fault was an exception and is reported.
 * traps  false: the trap instruction would raise no exception in this context */
void moat_port_ending_trap(bool traps);

#endif
