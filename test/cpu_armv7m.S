/* Cortex-M. See cpu.h. Thumb-1, for every core.
 *
 * SPDX-License-Identifier: MIT */
#define WORD 4
#define ADDRESS .word
#define HOLDS r4, r5, r6, r7, r8, r9, r10, r11
#ifdef __ARM_FP
#define FLOAT_HOLDS s16, s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27, s28, s29, s30, s31
#define HOLD_COUNT 24
#define FRAME_WORDS 26
#define FRAME_RETURN 25
#else
#define HOLD_COUNT 8
#define FRAME_WORDS 10
#define FRAME_RETURN 9
#endif
#define FRAME_ABOVE 0
#define EXCEPTIONS 1
#define NOTHING 0x3f000000

    .syntax unified
    .thumb

/* r8 to r11 lie below the others. r3 keeps the stack aligned to 8. */
    .macro save
    push {r3-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
#ifdef __ARM_FP
    vpush {s16-s31}
#endif
    .endm

    .macro restore
#ifdef __ARM_FP
    vpop {s16-s31}
#endif
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r3-r7, pc}
    .endm

    .macro hold_in move, register
    save
    push {r1, r2} /* collect */
    movs r4, #0
    .irp cleared, r5, r6, r7, r8, r9, r10, r11
    mov \cleared, r4
    .endr
    blx r0
    \move \register, r0
    movs r0, #0
    pop {r1, r2}
    blx r1
    \move r0, \register
    restore
    .endm

    .macro hold register
    hold_in mov, \register
    .endm

    .macro hold_float register
    hold_in vmov, \register
    .endm

#include "cpu.inc"

    function cpu_switch
    save
    mov r2, sp
    str r2, [r0]
    mov sp, r1
    restore

    function cpu_call
    ldr r3, =cpu_call_function
    mov r2, sp
    str r2, [r3, #12]
    ldr r2, [r3]
    ldr r0, [r3, #4]
    ldr r1, [r3, #8]
    bx r2

    function cpu_loop
0:  subs r0, r0, #1
    bne 0b
    bx lr

    function cpu_line
    movs r1, #1
    movs r2, #128
    adds r2, r0
    .irp half, r0, r2
    .set at, 0
    .rept 32
    str r1, [\half, #at]
    .set at, at + 4
    .endr
    .endr
    bx lr

    function cpu_undefined
    udf #1
    bx lr

    function cpu_stack_lose
    mov sp, r0
    push {r0-r3}
    bx lr

    function cpu_stray_interrupt
    ldr r0, =0xe000ed04 /* ICSR */
    movs r1, #1 /* PendSV */
    lsls r1, r1, #28
    str r1, [r0]
    dsb
    isb
    bx lr
