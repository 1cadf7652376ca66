/* moat: x86-64 Linux, moat_port_registers.
 *
 * SPDX-License-Identifier: MIT */

/* uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) */
    .text
    .globl moat_port_registers
    .type moat_port_registers, @function
moat_port_registers:
    movq %rbx, 3 * 8(%rdi)
    movq %rbp, 6 * 8(%rdi)
    leaq 8(%rsp), %rax
    movq %rax, 7 * 8(%rdi)
    movq %r12, 12 * 8(%rdi)
    movq %r13, 13 * 8(%rdi)
    movq %r14, 14 * 8(%rdi)
    movq %r15, 15 * 8(%rdi)
    movq (%rsp), %rax
    movq %rax, 16 * 8(%rdi)
    movl $0x1f0c8, %eax
    ret
    .size moat_port_registers, . - moat_port_registers
    .section .note.GNU-stack, "", @progbits
