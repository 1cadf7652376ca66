/* moat: RISC-V, machine mode, the inline half of core/base/port.h. The same source serves rv32 and rv64.
 *
 * mscratch says which stack is in use: in thread mode it holds the top of the handlers' stack, in a handler 0. That is
 * true where traps enter at trap.S; firmware with an entry of its own says itself what runs (port_board.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include "../port_board.h"

#include <moat_defaults.h>

#include <stdbool.h>
#include <stdint.h>

#define MOAT_PORT_REGISTERS 33 /* x0 to x31, pc */
#define MOAT_PORT_REGISTER_SP 2
#define MOAT_PORT_CALL_BYTES 4

#define MOAT_PORT_MSTATUS_MIE 8

typedef uintptr_t moat_port_mask_t; /* mstatus */

static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before;
    __asm__ volatile("csrrci %0, mstatus, %1" : "=r"(before) : "i"(MOAT_PORT_MSTATUS_MIE) : "memory");
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    __asm__ volatile("csrs mstatus, %0" : : "r"(before & MOAT_PORT_MSTATUS_MIE) : "memory");
}

static inline bool moat_port_is_masked(void) {
    uintptr_t mstatus;
    __asm__ volatile("csrr %0, mstatus" : "=r"(mstatus));
    return (mstatus & MOAT_PORT_MSTATUS_MIE) == 0;
}

#if MOAT_CONFIG_BOARD_IN_HANDLER
static inline bool moat_port_in_handler(void) {
    return moat_board_in_handler();
}
#else
static inline bool moat_port_in_handler(void) {
    uintptr_t handler_stack;
    __asm__ volatile("csrr %0, mscratch" : "=r"(handler_stack));
    return handler_stack == 0;
}
#endif

/* mstatus.MIE keeps out all but non-maskable interrupts, which the architecture gives no number: the board takes care
 * that theirs do not use moat. */
static inline bool moat_port_may_use(void) {
    return true;
}

#endif
