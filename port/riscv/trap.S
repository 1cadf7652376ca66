/* moat: RISC-V, the one place where all traps enter (mtvec, direct mode), and the stacks they use.
 *
 * A trap out of thread mode starts at the top of the handlers' stack; one in a handler, nested, goes on where that
 * handler's stack stands, unless its stack pointer has left the stack: then the frame is pushed at the top, which
 * loses the handler but lets the fault be reported.
 *
 * SPDX-License-Identifier: MIT */
#include "frame.h"
#include "word.h"

#define REPORT_BYTES 1024 /* stack that the report of a fault needs */

    .section .text.moat_port_trap_entry, "ax", @progbits
    .global moat_port_trap_entry
    .type moat_port_trap_entry, @function
    .balign 4 /* the low bits of mtvec are its mode */
moat_port_trap_entry:
    csrrw sp, mscratch, sp
    beqz sp, nested
    addi sp, sp, -FRAME_WORDS * WORD
    STORE t0, (FRAME_T + 0) * WORD(sp)
    STORE t1, (FRAME_T + 1) * WORD(sp)
    csrrw t0, mscratch, zero /* from here on: in a handler */
    STORE t0, FRAME_SP * WORD(sp)
    addi t1, sp, FRAME_WORDS * WORD
    STORE t1, FRAME_MSCRATCH * WORD(sp)
save:
    STORE ra, FRAME_RA * WORD(sp)
    STORE t2, (FRAME_T + 2) * WORD(sp)
    STORE t3, (FRAME_T + 3) * WORD(sp)
    STORE t4, (FRAME_T + 4) * WORD(sp)
    STORE t5, (FRAME_T + 5) * WORD(sp)
    STORE t6, (FRAME_T + 6) * WORD(sp)
    STORE a0, (FRAME_A + 0) * WORD(sp)
    STORE a1, (FRAME_A + 1) * WORD(sp)
    STORE a2, (FRAME_A + 2) * WORD(sp)
    STORE a3, (FRAME_A + 3) * WORD(sp)
    STORE a4, (FRAME_A + 4) * WORD(sp)
    STORE a5, (FRAME_A + 5) * WORD(sp)
    STORE a6, (FRAME_A + 6) * WORD(sp)
    STORE a7, (FRAME_A + 7) * WORD(sp)
    csrr t0, mepc
    STORE t0, FRAME_MEPC * WORD(sp)
    csrr t0, mstatus
    STORE t0, FRAME_MSTATUS * WORD(sp)

    mv a0, sp
    csrr a1, mcause
    csrr a2, mtval
    call moat_port_dispatch

    LOAD t0, FRAME_MSTATUS * WORD(sp)
    csrw mstatus, t0 /* with MIE clear, as it was on entry */
    LOAD t0, FRAME_MEPC * WORD(sp)
    csrw mepc, t0
    LOAD t0, FRAME_MSCRATCH * WORD(sp)
    csrw mscratch, t0
    LOAD ra, FRAME_RA * WORD(sp)
    LOAD t0, (FRAME_T + 0) * WORD(sp)
    LOAD t1, (FRAME_T + 1) * WORD(sp)
    LOAD t2, (FRAME_T + 2) * WORD(sp)
    LOAD t3, (FRAME_T + 3) * WORD(sp)
    LOAD t4, (FRAME_T + 4) * WORD(sp)
    LOAD t5, (FRAME_T + 5) * WORD(sp)
    LOAD t6, (FRAME_T + 6) * WORD(sp)
    LOAD a0, (FRAME_A + 0) * WORD(sp)
    LOAD a1, (FRAME_A + 1) * WORD(sp)
    LOAD a2, (FRAME_A + 2) * WORD(sp)
    LOAD a3, (FRAME_A + 3) * WORD(sp)
    LOAD a4, (FRAME_A + 4) * WORD(sp)
    LOAD a5, (FRAME_A + 5) * WORD(sp)
    LOAD a6, (FRAME_A + 6) * WORD(sp)
    LOAD a7, (FRAME_A + 7) * WORD(sp)
    LOAD sp, FRAME_SP * WORD(sp)
    mret

/* sp is 0, mscratch the interrupted sp. Two registers are needed to judge it, and there is no stack yet. */
nested:
    la sp, nested_registers
    STORE t0, 0 * WORD(sp)
    STORE t1, 1 * WORD(sp)
    csrr t0, mscratch
    la t1, moat_handler_stack_end
    bgtu t0, t1, lost
    la sp, moat_handler_stack_start + REPORT_BYTES
    bltu t0, sp, lost
    mv t1, t0
lost: /* t1: where to push the frame */
    addi t1, t1, -FRAME_WORDS * WORD
    andi t1, t1, -16
    la sp, nested_registers
    STORE t0, FRAME_SP * WORD(t1)
    STORE zero, FRAME_MSCRATCH * WORD(t1)
    LOAD t0, 0 * WORD(sp)
    STORE t0, (FRAME_T + 0) * WORD(t1)
    LOAD t0, 1 * WORD(sp)
    STORE t0, (FRAME_T + 1) * WORD(t1)
    mv sp, t1
    csrw mscratch, zero
    j save
    .size moat_port_trap_entry, . - moat_port_trap_entry

    .section .bss.nested_registers, "aw", @nobits
    .balign 16
nested_registers:
    .skip 2 * WORD
