/* ARMv7-M. See cpu.h.
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
#define NOTHING 0x30000000

    .syntax unified
    .thumb

    .macro hold register
    push {r3-r11, lr}
    push {r1, r2} /* collect */
    .irp cleared, r4, r5, r6, r7, r8, r9, r10, r11
    mov \cleared, #0
    .endr
    blx r0
    mov \register, r0
    mov r0, #0
    pop {r1, r2}
    blx r1
    mov r0, \register
    pop {r3-r11, pc}
    .endm

    .macro hold_float register
    push {r3-r11, lr}
    vpush {s16-s31}
    push {r1, r2} /* collect */
    .irp cleared, r4, r5, r6, r7, r8, r9, r10, r11
    mov \cleared, #0
    .endr
    blx r0
    vmov \register, r0
    mov r0, #0
    pop {r1, r2}
    blx r1
    vmov r0, \register
    vpop {s16-s31}
    pop {r3-r11, pc}
    .endm

#include "cpu.inc"

    function cpu_switch
    push {r3-r11, lr} /* r3 keeps the stack aligned to 8 */
#ifdef __ARM_FP
    vpush {s16-s31}
#endif
    mov r2, sp
    str r2, [r0]
    mov sp, r1
#ifdef __ARM_FP
    vpop {s16-s31}
#endif
    pop {r3-r11, pc}

    function cpu_call
    ldr r3, =cpu_call_function
    str sp, [r3, #12]
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
    .set at, 0
    .rept 64
    str.w r1, [r0, #at]
    .set at, at + 4
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
    mov r1, #0x10000000 /* PendSV */
    str r1, [r0]
    dsb
    isb
    bx lr
