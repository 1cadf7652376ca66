/* moat: Cortex-M, moat_port_spill_and_call. Thumb-1, for every core.
 *
 * SPDX-License-Identifier: MIT */
#if __ARM_ARCH_PROFILE != 'M'
#error "moat: port/armv7m is for Cortex-M: -mcpu= names another core"
#endif

    .syntax unified
    .thumb
    .cfi_sections .debug_frame /* for debuggers: it takes no flash */

/* void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) */
    .section .text.moat_port_spill_and_call, "ax", %progbits
    .global moat_port_spill_and_call
    .type moat_port_spill_and_call, %function
    .thumb_func
moat_port_spill_and_call:
    .cfi_startproc
    push {r3-r7, lr} /* r3 keeps the stack aligned to 8 */
    .cfi_def_cfa_offset 24
    .cfi_offset lr, -4
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    .cfi_adjust_cfa_offset 16
#ifdef __ARM_FP
    vpush {s16-s31} /* which are d8 to d15, and q4 to q7, where there are */
    .cfi_adjust_cfa_offset 64
#endif
    mov r2, r0
    mov r0, r1
    mov r1, sp
    blx r2 /* which preserves r8 to r11 */
#ifdef __ARM_FP
    vpop {s16-s31}
    .cfi_adjust_cfa_offset -64
#endif
    add sp, #16
    .cfi_adjust_cfa_offset -16
    pop {r3-r7, pc}
    .cfi_endproc
    .size moat_port_spill_and_call, . - moat_port_spill_and_call
