/* RISC-V. See cpu.h.
 *
 * SPDX-License-Identifier: MIT */
#include "word.h"

#define FRAME 16 /* words: s0..s11 and ra, a multiple of 16 bytes */

#if __riscv_xlen == 64
#define ADDRESS .dword
#else
#define ADDRESS .word
#endif

    .macro push_saved
    addi sp, sp, -FRAME * WORD
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    STORE s\n, \n * WORD(sp)
    .endr
    STORE ra, 15 * WORD(sp)
    .endm

    .macro pop_saved
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    LOAD s\n, \n * WORD(sp)
    .endr
    LOAD ra, 15 * WORD(sp)
    addi sp, sp, FRAME * WORD
    .endm

    .macro hold register
    .section .text.cpu_hold_\register, "ax", @progbits
    .type cpu_hold_\register, @function
cpu_hold_\register:
    push_saved
    STORE a1, 12 * WORD(sp) /* collect */
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    li s\n, 0
    .endr
    jalr a0
    mv \register, a0
    li a0, 0
    LOAD a1, 12 * WORD(sp)
    jalr a1
    mv a0, \register
    pop_saved
    ret
    .size cpu_hold_\register, . - cpu_hold_\register

    .section .rodata.cpu_holds, "a", @progbits
    ADDRESS cpu_hold_\register
    .endm

    .section .rodata.cpu_holds, "a", @progbits
    .balign 8
    .global cpu_holds
cpu_holds:
    .irp kept, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
    hold \kept
    .endr

    .section .rodata.cpu_frame, "a", @progbits
    .balign 8
    .global cpu_hold_count, cpu_frame_words, cpu_frame_return, cpu_frame_above
cpu_hold_count: ADDRESS 12
cpu_frame_words: ADDRESS FRAME
cpu_frame_return: ADDRESS 15
cpu_frame_above: ADDRESS 0

    .section .text.cpu_switch, "ax", @progbits
    .global cpu_switch
    .type cpu_switch, @function
cpu_switch:
    push_saved
    STORE sp, 0(a0)
    mv sp, a1
    pop_saved
    ret
    .size cpu_switch, . - cpu_switch

    .section .rodata.cpu_exceptions, "a", @progbits
    .balign 8
    .global cpu_exceptions, cpu_nothing
cpu_exceptions: ADDRESS 1
cpu_nothing: ADDRESS 0x18

    .section .bss.cpu_call, "aw", @nobits
    .balign 8
    .global cpu_call_function, cpu_call_arguments, cpu_call_sp
cpu_call_function: .skip WORD
cpu_call_arguments: .skip 2 * WORD
cpu_call_sp: .skip WORD

    .macro function name
    .section .text.\name, "ax", @progbits
    .global \name
    .type \name, @function
\name:
    .endm

    function cpu_call
    la t0, cpu_call_function
    STORE sp, 3 * WORD(t0)
    LOAD t1, 0 * WORD(t0)
    LOAD a0, 1 * WORD(t0)
    LOAD a1, 2 * WORD(t0)
    jr t1

    function cpu_loop
0:  addi a0, a0, -1
    bnez a0, 0b
    ret

    function cpu_line
    li a1, 1
    .set at, 0
    .rept 64
    sw a1, at(a0)
    .set at, at + 4
    .endr
    ret

    function cpu_undefined
    unimp
    ret

    function cpu_stack_lose
    mv sp, a0
    STORE ra, -WORD(sp)
    ret

    /* The supervisor's software interrupt: boards here run in machine mode alone. */
    function cpu_stray_interrupt
    csrsi mie, 2
    csrsi mip, 2
    ret
