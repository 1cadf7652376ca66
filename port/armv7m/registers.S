/* moat: Cortex-M, moat_port_registers. Thumb-1, for every core.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

/* uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) */
    .section .text.moat_port_registers, "ax", %progbits
    .global moat_port_registers
    .type moat_port_registers, %function
    .thumb_func
moat_port_registers:
    adds r0, #4 * 4
    stm r0!, {r4-r7}
    mov r1, r8
    mov r2, r9
    mov r3, r10
    stm r0!, {r1-r3}
    mov r1, r11
    mov r2, sp
    mov r3, lr
    lsrs r3, r3, #1 /* without the Thumb bit */
    lsls r3, r3, #1
    str r1, [r0]
    str r2, [r0, #(13 - 11) * 4]
    str r3, [r0, #(15 - 11) * 4]
    ldr r0, =0xaff0 /* r4 to r11, r13, r15 */
    movs r1, #0
    bx lr
    .size moat_port_registers, . - moat_port_registers
