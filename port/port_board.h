/* moat: what a port asks of the board it runs on. A bsp folder implements it; core never sees it.
 *
 * All may be called with interrupts masked, in any context, with a broken heap; none may call moat_*.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_BOARD_H
#define MOAT_PORT_BOARD_H

#include <moat_compiler.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MOAT_C_BEGIN_

/* Writes to the console, by polling. */
void moat_board_write(const char *text, size_t length);

/* Ends a trap: by a reset in the field, by a non-zero exit in a test.
 * again  true if faults were taken while a fault was recorded as nested, or while the trap was taken: then the board
 *        does the least that can work, and must not come back to life as if nothing had happened */
MOAT_NORETURN_ void moat_board_trap_end(bool again);

/* The board's part of moat_port_boot, see core/base/port.h. It leaves at 0 what it does not know. */
struct moat_port_boot;
void moat_board_boot(struct moat_port_boot *out);

/* A free-running counter of instructions or cycles that wraps at 32 bits; 0 where there is none. */
uint32_t moat_board_clock(void);

/* Serves the interrupt of number `line`, for CPUs that enter all interrupts at one place.
 * Returns false if the board expects no such interrupt: the port reports it as a fault. */
bool moat_board_interrupt(uintptr_t line);

/* Whether an interrupt or exception handler runs, nested ones included. It is for firmware whose traps do not enter at
 * the port's entry (moat_port_trap_entry), on a CPU that has no register that tells. The firmware's own entry counts,
 * one up first and one down last, and this function returns whether the count is not 0. It is called only with
 * MOAT_CONFIG_BOARD_IN_HANDLER=1. Unlike the others it is called often, by allocations that are more than the fast
 * path: it should take a few instructions. */
bool moat_board_in_handler(void);

MOAT_C_END_

#endif
