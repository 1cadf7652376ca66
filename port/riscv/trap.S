/* moat: RISC-V, the one place where all traps enter (mtvec, direct mode), and the stacks they use.
 *
 * A trap out of thread mode starts at the top of the handlers' stack; one in a handler, nested, goes on where that
 * handler's stack stands, unless its stack pointer has left the stack: then the frame is pushed at the top, which
 * loses the handler but lets the fault be reported.
 *
 * SPDX-License-Identifier: MIT */
#include "frame.h"
#include "word.h"

#define PC_COLUMN 64 /* the number that DWARF has for a return address in no register */

#define REPORT_BYTES (256 * WORD) /* stack that the report of a fault needs, its way into a sink included */

    .cfi_sections .debug_frame /* for debuggers: it takes no flash */
    .section .text.moat_port_trap_entry, "ax", @progbits
    .global moat_port_trap_entry
    .type moat_port_trap_entry, @function
    .balign 4 /* the low bits of mtvec are its mode */
moat_port_trap_entry:
    .cfi_startproc
    .cfi_return_column PC_COLUMN /* what is found there is where the interrupted code goes on. No .cfi_signal_frame:
                                    pyelftools can't read that in .debug_frame */
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
    UPPER_STORE(t3, (FRAME_T + 3) * WORD(sp))
    UPPER_STORE(t4, (FRAME_T + 4) * WORD(sp))
    UPPER_STORE(t5, (FRAME_T + 5) * WORD(sp))
    UPPER_STORE(t6, (FRAME_T + 6) * WORD(sp))
    STORE a0, (FRAME_A + 0) * WORD(sp)
    STORE a1, (FRAME_A + 1) * WORD(sp)
    STORE a2, (FRAME_A + 2) * WORD(sp)
    STORE a3, (FRAME_A + 3) * WORD(sp)
    STORE a4, (FRAME_A + 4) * WORD(sp)
    STORE a5, (FRAME_A + 5) * WORD(sp)
    UPPER_STORE(a6, (FRAME_A + 6) * WORD(sp))
    UPPER_STORE(a7, (FRAME_A + 7) * WORD(sp))
    csrr t0, mepc
    STORE t0, FRAME_MEPC * WORD(sp)
    csrr t0, mstatus
    STORE t0, FRAME_MSTATUS * WORD(sp)
#ifdef __riscv_flen
    li t1, MSTATUS_FS
    and t0, t0, t1
    beqz t0, 1f
    .set at, FRAME_FLOATS * WORD
    .irp register, FRAME_FLOAT_LIST
    FSTORE \register, at(sp)
    .set at, at + FRAME_FLOAT_BYTES
    .endr
    frcsr t0
    sw t0, at(sp)
1:
#endif

    /* As a debugger finds the interrupted code from a handler, or from the report. */
    .cfi_def_cfa sp, FRAME_WORDS * WORD
    .cfi_offset ra, (FRAME_RA - FRAME_WORDS) * WORD
    .cfi_offset t0, (FRAME_T + 0 - FRAME_WORDS) * WORD
    .cfi_offset t1, (FRAME_T + 1 - FRAME_WORDS) * WORD
    .cfi_offset t2, (FRAME_T + 2 - FRAME_WORDS) * WORD
    UPPER(.cfi_offset, t3, (FRAME_T + 3 - FRAME_WORDS) * WORD)
    UPPER(.cfi_offset, t4, (FRAME_T + 4 - FRAME_WORDS) * WORD)
    UPPER(.cfi_offset, t5, (FRAME_T + 5 - FRAME_WORDS) * WORD)
    UPPER(.cfi_offset, t6, (FRAME_T + 6 - FRAME_WORDS) * WORD)
    .cfi_offset a0, (FRAME_A + 0 - FRAME_WORDS) * WORD
    .cfi_offset a1, (FRAME_A + 1 - FRAME_WORDS) * WORD
    .cfi_offset a2, (FRAME_A + 2 - FRAME_WORDS) * WORD
    .cfi_offset a3, (FRAME_A + 3 - FRAME_WORDS) * WORD
    .cfi_offset a4, (FRAME_A + 4 - FRAME_WORDS) * WORD
    .cfi_offset a5, (FRAME_A + 5 - FRAME_WORDS) * WORD
    UPPER(.cfi_offset, a6, (FRAME_A + 6 - FRAME_WORDS) * WORD)
    UPPER(.cfi_offset, a7, (FRAME_A + 7 - FRAME_WORDS) * WORD)
    .cfi_offset sp, (FRAME_SP - FRAME_WORDS) * WORD
    .cfi_offset PC_COLUMN, (FRAME_MEPC - FRAME_WORDS) * WORD

    csrr a0, mcause
    call moat_port_dispatch
    beqz a0, fault

    LOAD t0, FRAME_MSTATUS * WORD(sp)
#ifdef __riscv_flen
    li t1, MSTATUS_FS
    and t1, t0, t1
    beqz t1, 1f
    .set at, FRAME_FLOATS * WORD
    .irp register, FRAME_FLOAT_LIST
    FLOAD \register, at(sp)
    .set at, at + FRAME_FLOAT_BYTES
    .endr
    lw t1, at(sp)
    fscsr t1
1:
#endif
    csrw mstatus, t0 /* with MIE clear, as it was on entry */
    LOAD t0, FRAME_MEPC * WORD(sp)
    csrw mepc, t0
    LOAD t0, FRAME_MSCRATCH * WORD(sp)
    csrw mscratch, t0
    LOAD ra, FRAME_RA * WORD(sp)
    LOAD t0, (FRAME_T + 0) * WORD(sp)
    LOAD t1, (FRAME_T + 1) * WORD(sp)
    LOAD t2, (FRAME_T + 2) * WORD(sp)
    UPPER(LOAD, t3, (FRAME_T + 3) * WORD(sp))
    UPPER(LOAD, t4, (FRAME_T + 4) * WORD(sp))
    UPPER(LOAD, t5, (FRAME_T + 5) * WORD(sp))
    UPPER(LOAD, t6, (FRAME_T + 6) * WORD(sp))
    LOAD a0, (FRAME_A + 0) * WORD(sp)
    LOAD a1, (FRAME_A + 1) * WORD(sp)
    LOAD a2, (FRAME_A + 2) * WORD(sp)
    LOAD a3, (FRAME_A + 3) * WORD(sp)
    LOAD a4, (FRAME_A + 4) * WORD(sp)
    LOAD a5, (FRAME_A + 5) * WORD(sp)
    UPPER(LOAD, a6, (FRAME_A + 6) * WORD(sp))
    UPPER(LOAD, a7, (FRAME_A + 7) * WORD(sp))
    LOAD sp, FRAME_SP * WORD(sp)
    mret

/* The registers that C has preserved so far. */
fault:
    mv a0, sp
    addi sp, sp, -SAVED_WORDS * WORD
    .cfi_adjust_cfa_offset SAVED_WORDS * WORD
    STORE gp, SAVED_GP * WORD(sp)
    STORE tp, SAVED_TP * WORD(sp)
    STORE s0, (SAVED_S + 0) * WORD(sp)
    STORE s1, (SAVED_S + 1) * WORD(sp)
    UPPER_STORE(s2, (SAVED_S + 2) * WORD(sp))
    UPPER_STORE(s3, (SAVED_S + 3) * WORD(sp))
    UPPER_STORE(s4, (SAVED_S + 4) * WORD(sp))
    UPPER_STORE(s5, (SAVED_S + 5) * WORD(sp))
    UPPER_STORE(s6, (SAVED_S + 6) * WORD(sp))
    UPPER_STORE(s7, (SAVED_S + 7) * WORD(sp))
    UPPER_STORE(s8, (SAVED_S + 8) * WORD(sp))
    UPPER_STORE(s9, (SAVED_S + 9) * WORD(sp))
    UPPER_STORE(s10, (SAVED_S + 10) * WORD(sp))
    UPPER_STORE(s11, (SAVED_S + 11) * WORD(sp))
    mv a1, sp
    csrr a2, mcause
    csrr a3, mtval
    call moat_port_exception_report
    .cfi_adjust_cfa_offset -SAVED_WORDS * WORD

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
    .cfi_endproc
    .size moat_port_trap_entry, . - moat_port_trap_entry

    .section .bss.nested_registers, "aw", @nobits
    .balign 16
nested_registers:
    .skip 2 * WORD
