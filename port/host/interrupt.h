/* moat: a program on Linux, interrupts. A board has a few numbered lines, each with a handler.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_INTERRUPT_H
#define MOAT_PORT_INTERRUPT_H

#define MOAT_PORT_HOST_LINES 2u

/* Sets a line's handler; NULL: what is raised on it is dropped. */
void moat_port_host_handler_set(unsigned line, void (*handler)(void));

/* Runs the line's handler, before it returns if interrupts are open and no handler runs; else as soon as both are so.
 * A line that is pending stays so, once. Async-signal-safe. */
void moat_port_host_raise(unsigned line);

#endif
