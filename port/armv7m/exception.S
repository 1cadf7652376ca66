/* moat: ARMv7-M, where every exception that nobody expects enters. It does not return.
 *
 * A vector table points here, straight or through a weak name, for: NMI, HardFault, MemManage, BusFault, UsageFault,
 * and each system exception and interrupt that the board or the firmware gives no handler.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

/* Stack that the report needs; with less left, it starts over at the top. */
    .equ REPORT_BYTES, 1024

    .section .text.moat_port_exception, "ax", %progbits
    .global moat_port_exception
    .type moat_port_exception, %function
    .thumb_func
moat_port_exception:
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
1:  bl moat_port_exception_report /* by bl, so that a debugger can unwind */
    .size moat_port_exception, . - moat_port_exception
