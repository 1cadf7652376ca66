/* moat: Cortex-M, where every exception that nobody expects enters. It does not return. Thumb-1, for every core.
 *
 * A vector table points here, straight or through a weak name, for: NMI, HardFault, MemManage, BusFault, UsageFault,
 * SecureFault, and each system exception and interrupt that the board or the firmware gives no handler.
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
    mov r1, lr
    movs r2, #4 /* EXC_RETURN: which stack the frame was pushed on */
    mrs r0, msp
    tst r1, r2
    beq 1f
    mrs r0, psp
1:  ldr r2, =moat_handler_stack_start + REPORT_BYTES
    mov r3, sp
    cmp r3, r2
    bhs 2f
    ldr r2, =moat_handler_stack_end
    mov sp, r2
2:  push {r2, lr} /* the rest of the registers, r4 the lowest; r2 keeps the stack aligned to 8 */
    .cfi_def_cfa_offset 8
    .cfi_offset lr, -4
    mov r2, r10
    mov r3, r11
    push {r2, r3}
    mov r2, r8
    mov r3, r9
    push {r2, r3}
    push {r4-r7}
    .cfi_def_cfa_offset 40
    .cfi_offset r4, -40
    .cfi_offset r5, -36
    .cfi_offset r6, -32
    .cfi_offset r7, -28
    .cfi_offset r8, -24
    .cfi_offset r9, -20
    .cfi_offset r10, -16
    .cfi_offset r11, -12
    mov r2, sp
    bl moat_port_exception_report /* by bl, so that a debugger can unwind */
    .cfi_endproc
    .size moat_port_exception, . - moat_port_exception
