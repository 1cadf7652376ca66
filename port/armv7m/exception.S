/* moat: ARMv7-M, where every exception that nobody expects enters. It does not return.
 *
 * A vector table points here, straight or through a weak name, for: NMI, HardFault, MemManage, BusFault, UsageFault,
 * and each system exception and interrupt that the board or the firmware gives no handler.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb
    .cfi_sections .debug_frame /* for debuggers: it takes no flash */

/* Stack that the report needs, its way into a sink included; with less left, it starts over at the top. */
    .equ REPORT_BYTES, 1024

    .section .text.moat_port_exception, "ax", %progbits
    .global moat_port_exception
    .type moat_port_exception, %function
    .thumb_func
moat_port_exception:
    .cfi_startproc
    cpsid i
    tst lr, #4 /* EXC_RETURN: which stack the frame was pushed on */
    ite eq
    mrseq r0, msp
    mrsne r0, psp
    mov r1, lr
    ldr r2, =moat_handler_stack_start + REPORT_BYTES
    cmp sp, r2
    bhs 1f
    ldr r2, =moat_handler_stack_end
    mov sp, r2
1:  push {r3-r11, lr} /* the rest of the registers; r3 keeps the stack aligned to 8 */
    .cfi_def_cfa_offset 40
    .cfi_offset r4, -36
    .cfi_offset r5, -32
    .cfi_offset r6, -28
    .cfi_offset r7, -24
    .cfi_offset r8, -20
    .cfi_offset r9, -16
    .cfi_offset r10, -12
    .cfi_offset r11, -8
    .cfi_offset lr, -4
    add r2, sp, #4
    bl moat_port_exception_report /* by bl, so that a debugger can unwind */
    .cfi_endproc
    .size moat_port_exception, . - moat_port_exception
