/* moat: the tests' kernel on ARMv7-M. See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

/* The registers that the exception has not pushed; with the floating-point unit in use, its upper half too, which makes
 * the CPU push the lower one. */
    .section .text.PendSV_Handler, "ax", %progbits
    .global PendSV_Handler
    .type PendSV_Handler, %function
    .thumb_func
PendSV_Handler:
    mrs r0, psp
#ifdef __ARM_FP
    tst lr, #0x10
    it eq
    vstmdbeq r0!, {s16-s31}
#endif
    stmdb r0!, {r4-r11, lr}
    cpsid i
    bl kernel_pick
    cpsie i
    ldmia r0!, {r4-r11, lr}
#ifdef __ARM_FP
    tst lr, #0x10
    it eq
    vldmiaeq r0!, {s16-s31}
#endif
    msr psp, r0
    bx lr
    .size PendSV_Handler, . - PendSV_Handler
