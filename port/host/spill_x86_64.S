/* moat: x86-64 Linux, moat_port_spill_and_call.
 *
 * SPDX-License-Identifier: MIT */

/* void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) */
    .text
    .globl moat_port_spill_and_call
    .type moat_port_spill_and_call, @function
moat_port_spill_and_call:
    .cfi_startproc
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp /* a call is made with the stack aligned to 16 */
    .cfi_adjust_cfa_offset 56
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rsp, %rsi
    call *%rax
    addq $56, %rsp /* visit has preserved them: they need not come back */
    .cfi_adjust_cfa_offset -56
    ret
    .cfi_endproc
    .size moat_port_spill_and_call, . - moat_port_spill_and_call
    .section .note.GNU-stack, "", @progbits
