/* RISC-V. See cpu.h.
 *
 * SPDX-License-Identifier: MIT */
#include "word.h"

/* Words: s0..s11 and ra, then fs0..fs11; a multiple of 16 bytes. */
#ifdef __riscv_float_abi_single
#define FRAME (16 + 12)
#else
#define FRAME 16
#endif

#if __riscv_xlen == 64
#define ADDRESS .dword
#else
#define ADDRESS .word
#endif

#define HOLDS s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
#ifdef __riscv_float_abi_single
#define FLOAT_HOLDS fs0, fs1, fs2, fs3, fs4, fs5, fs6, fs7, fs8, fs9, fs10, fs11
#define HOLD_COUNT 24
#else
#define HOLD_COUNT 12
#endif
#define FRAME_WORDS FRAME
#define FRAME_RETURN 15
#define FRAME_ABOVE 0
#define EXCEPTIONS 1
#define NOTHING 0x18

    .macro push_saved
    addi sp, sp, -FRAME * WORD
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    STORE s\n, \n * WORD(sp)
#ifdef FLOAT_HOLDS
    FSTORE fs\n, (16 + \n) * WORD(sp)
#endif
    .endr
    STORE ra, 15 * WORD(sp)
    .endm

    .macro pop_saved
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    LOAD s\n, \n * WORD(sp)
#ifdef FLOAT_HOLDS
    FLOAD fs\n, (16 + \n) * WORD(sp)
#endif
    .endr
    LOAD ra, 15 * WORD(sp)
    addi sp, sp, FRAME * WORD
    .endm

    .macro hold_in put, get, register
    push_saved
    STORE a1, 12 * WORD(sp) /* collect */
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    li s\n, 0
    .endr
    jalr a0
    \put \register, a0
    li a0, 0
    LOAD a1, 12 * WORD(sp)
    jalr a1
    \get a0, \register
    pop_saved
    ret
    .endm

    .macro hold register
    hold_in mv, mv, \register
    .endm

    .macro hold_float register
    hold_in fmv.w.x, fmv.x.w, \register
    .endm

#include "cpu.inc"

    function cpu_switch
    push_saved
    STORE sp, 0(a0)
    mv sp, a1
    pop_saved
    ret

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
