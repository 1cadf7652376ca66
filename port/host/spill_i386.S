/* moat: i386 Linux, moat_port_spill_and_call.
 *
 * SPDX-License-Identifier: MIT */

/* void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) */
    .text
    .globl moat_port_spill_and_call
    .type moat_port_spill_and_call, @function
moat_port_spill_and_call:
    .cfi_startproc
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    .cfi_adjust_cfa_offset 16
    movl 20(%esp), %eax /* visit */
    movl 24(%esp), %ecx /* context */
    movl %esp, %edx
    subl $4, %esp /* a call is made with the stack aligned to 16 */
    pushl %edx
    pushl %ecx
    .cfi_adjust_cfa_offset 12
    call *%eax
    addl $28, %esp /* visit has preserved the registers: they need not come back */
    .cfi_adjust_cfa_offset -28
    ret
    .cfi_endproc
    .size moat_port_spill_and_call, . - moat_port_spill_and_call
    .section .note.GNU-stack, "", @progbits
