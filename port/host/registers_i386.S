/* moat: i386 Linux, moat_port_registers.
 *
 * SPDX-License-Identifier: MIT */

/* uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) */
    .text
    .globl moat_port_registers
    .type moat_port_registers, @function
moat_port_registers:
    movl 4(%esp), %ecx
    movl %ebx, 3 * 4(%ecx)
    leal 4(%esp), %eax
    movl %eax, 4 * 4(%ecx)
    movl %ebp, 5 * 4(%ecx)
    movl %esi, 6 * 4(%ecx)
    movl %edi, 7 * 4(%ecx)
    movl (%esp), %eax
    movl %eax, 8 * 4(%ecx)
    movl $0x1f8, %eax
    xorl %edx, %edx
    ret
    .size moat_port_registers, . - moat_port_registers
    .section .note.GNU-stack, "", @progbits
