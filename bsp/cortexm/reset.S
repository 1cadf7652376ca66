/* moat: Cortex-M, from reset to C. Thread mode runs on PSP, so that handlers have MSP to themselves.
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
#if __ARM_ARCH >= 8 && defined __thumb2__ /* the core itself keeps the stacks where they are */
    ldr r0, =moat_thread_stack_start
    msr psplim, r0
    ldr r0, =moat_handler_stack_start
    msr msplim, r0
#endif
#ifdef __ARM_FP
    ldr r0, =0xe000ed88 /* CPACR: full access to the FPU, which compilers use for integers too */
    ldr r1, [r0]
    orr r1, r1, #0xf << 20
    str r1, [r0]
    dsb
    isb
#endif
    movs r0, #2
    msr control, r0
    isb
    bl bsp_start
    .size moat_reset, . - moat_reset
