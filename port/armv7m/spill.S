/* moat: ARMv7-M, moat_port_spill_and_call.
 *
 * SPDX-License-Identifier: MIT */
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
    push {r3-r11, lr} /* r3 keeps the stack aligned to 8 */
    .cfi_def_cfa_offset 40
    .cfi_offset lr, -4
    mov r2, r0
    mov r0, r1
    mov r1, sp
    blx r2
    pop {r3-r11, pc}
    .cfi_endproc
    .size moat_port_spill_and_call, . - moat_port_spill_and_call
