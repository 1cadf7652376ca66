/* moat: Cortex-M, exceptions as start-up sees them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_EXCEPTION_H
#define MOAT_PORT_EXCEPTION_H

/* For vector tables: reports whatever exception is being taken. exception.S has the rules. */
void moat_port_exception(void);

/* Gives MemManage, BusFault and UsageFault vectors of their own; until then HardFault takes them. */
void moat_port_exception_init(void);

#endif
