/* moat: RISC-V, what a trap is: the board's interrupt, or a fault to be reported.
 *
 * In the record, cause is mcause, interrupt bit included, detail is mtval, extra is mstatus and 0.
 *
 * SPDX-License-Identifier: MIT */
#include "../ending.h"
#include "../port_board.h"
#include "frame.h"
#include "moat_port_cpu.h"

#include <moat_fault.h>

#define CAUSE_INTERRUPT (UINTPTR_MAX / 2 + 1)

/* A bit for each mcause whose mtval is an address that was accessed: misaligned and refused fetches (0, 1),
 * loads (4, 5) and stores (6, 7). */
#define CAUSES_WITH_ADDRESS 0xf3u

bool moat_port_dispatch(uintptr_t cause);
_Noreturn void moat_port_exception_report(const struct moat_port_frame *frame, const struct moat_port_saved *saved,
                                          uintptr_t cause, uintptr_t value);

/* Called from trap.S, interrupts masked, on the handlers' stack. False: it is no interrupt that anyone expects. */
bool moat_port_dispatch(uintptr_t cause) {
    return (cause & CAUSE_INTERRUPT) && moat_board_interrupt(cause & ~CAUSE_INTERRUPT);
}

/* All registers as the trap found them, by their numbers. */
static void registers_fill(uintptr_t *registers, const struct moat_port_frame *frame,
                           const struct moat_port_saved *saved) {
    registers[0] = 0;
    registers[1] = frame->ra;
    registers[2] = frame->sp;
    registers[3] = saved->gp;
    registers[4] = saved->tp;
    for (unsigned i = 0; i < 3; i++) {
        registers[5 + i] = frame->t[i];
    }
    registers[8] = saved->s[0];
    registers[9] = saved->s[1];
    for (unsigned i = 0; i < 8; i++) {
        registers[10 + i] = frame->a[i];
    }
    for (unsigned i = 2; i < 12; i++) {
        registers[16 + i] = saved->s[i];
    }
    for (unsigned i = 3; i < 7; i++) {
        registers[25 + i] = frame->t[i];
    }
    registers[32] = frame->mepc;
}

_Noreturn void moat_port_exception_report(const struct moat_port_frame *frame, const struct moat_port_saved *saved,
                                          uintptr_t cause, uintptr_t value) {
    static uintptr_t registers[MOAT_PORT_REGISTERS];
    moat_port_ending_exception();
    registers_fill(registers, frame, saved);
    bool accessed = cause < 32 && (CAUSES_WITH_ADDRESS >> cause & 1);
    struct moat_fault_exception exception;
    exception.pc = frame->mepc;
    exception.lr = frame->ra;
    exception.sp = frame->sp;
    exception.address = accessed ? value : 0;
    exception.cause = cause;
    exception.detail = value;
    exception.extra[0] = frame->mstatus;
    exception.extra[1] = 0;
    exception.registers = registers;
    exception.register_mask = UINT64_MAX >> (64 - MOAT_PORT_REGISTERS);
    moat_fault_exception(&exception);
}
