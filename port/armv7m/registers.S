/* moat: ARMv7-M, moat_port_registers.
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
    add r1, r0, #4 * 4
    stm r1, {r4-r11}
    str sp, [r0, #13 * 4]
    bic r1, lr, #1
    str r1, [r0, #15 * 4]
    movw r0, #0xaff0 /* r4 to r11, r13, r15 */
    movs r1, #0
    bx lr
    .size moat_port_registers, . - moat_port_registers
