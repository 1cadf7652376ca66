/* ARMv7-M. See cpu.h.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

    .macro hold register
    .section .text.cpu_hold_\register, "ax", %progbits
    .type cpu_hold_\register, %function
    .thumb_func
cpu_hold_\register:
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
    .size cpu_hold_\register, . - cpu_hold_\register

    .section .rodata.cpu_holds, "a", %progbits
    .word cpu_hold_\register
    .endm

    .section .rodata.cpu_holds, "a", %progbits
    .balign 4
    .global cpu_holds
cpu_holds:
    .irp kept, r4, r5, r6, r7, r8, r9, r10, r11
    hold \kept
    .endr

    .section .rodata.cpu_frame, "a", %progbits
    .balign 4
    .global cpu_hold_count, cpu_frame_words, cpu_frame_return, cpu_frame_above
cpu_hold_count: .word 8
cpu_frame_words: .word 10
cpu_frame_return: .word 9
cpu_frame_above: .word 0

    .section .text.cpu_switch, "ax", %progbits
    .global cpu_switch
    .type cpu_switch, %function
    .thumb_func
cpu_switch:
    push {r3-r11, lr} /* r3 keeps the stack aligned to 8 */
    mov r2, sp
    str r2, [r0]
    mov sp, r1
    pop {r3-r11, pc}
    .size cpu_switch, . - cpu_switch

    .section .rodata.cpu_exceptions, "a", %progbits
    .balign 4
    .global cpu_exceptions, cpu_nothing
cpu_exceptions: .word 1
cpu_nothing: .word 0x30000000

    .section .bss.cpu_call, "aw", %nobits
    .balign 4
    .global cpu_call_function, cpu_call_arguments, cpu_call_sp
cpu_call_function: .skip 4
cpu_call_arguments: .skip 8
cpu_call_sp: .skip 4

    .macro function name
    .section .text.\name, "ax", %progbits
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

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
