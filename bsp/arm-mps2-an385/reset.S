/* moat: MPS2 / AN385, from reset to C. Thread mode runs on PSP, so that handlers have MSP to themselves.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

    .section .text.moat_reset, "ax", %progbits
    .global moat_reset
    .type moat_reset, %function
    .thumb_func
moat_reset:
    cpsid i
    ldr r0, =moat_thread_stack_end
    msr psp, r0
    movs r0, #2
    msr control, r0
    isb
#ifdef __ARM_FP
    ldr r0, =0xe000ed88 /* CPACR */
    ldr r1, [r0]
    orr r1, r1, #0xf00000
    str r1, [r0]
    dsb
    isb
#endif
    bl bsp_start
    .size moat_reset, . - moat_reset
