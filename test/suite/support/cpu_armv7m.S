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
