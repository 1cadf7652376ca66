/* x86-64 and i386. See cpu.h.
 *
 * SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#define SAVED rbx, rbp, r12, r13, r14, r15
#define SAVED_REVERSED r15, r14, r13, r12, rbp, rbx
#define SAVED_COUNT 6
#define WORD 8
#define ADDRESS .quad
#define RESULT %rax
#define SP %rsp
#define ABOVE 1
#else
#define SAVED ebx, ebp, esi, edi
#define SAVED_REVERSED edi, esi, ebp, ebx
#define SAVED_COUNT 4
#define WORD 4
#define ADDRESS .long
#define RESULT %eax
#define SP %esp
#define ABOVE 1
#endif

    .macro push_saved
    .irp name, SAVED
    push %\name
    .endr
    .endm

    .macro pop_saved
    .irp name, SAVED_REVERSED
    pop %\name
    .endr
    .endm

    /* Two words hold make and collect, and a third aligns the stack: on i386 calls take no arguments here. */
    .macro hold register
    .section .text.cpu_hold_\register, "ax", @progbits
    .type cpu_hold_\register, @function
cpu_hold_\register:
    push_saved
    sub $(3 * WORD), SP
#ifdef __x86_64__
    mov %rdi, (SP)
    mov %rsi, WORD(SP)
#else
    mov (SAVED_COUNT + 4) * WORD(SP), %eax
    mov %eax, (SP)
    mov (SAVED_COUNT + 5) * WORD(SP), %eax
    mov %eax, WORD(SP)
#endif
    .irp name, SAVED
    xor %\name, %\name
    .endr
    call *(SP)
    mov RESULT, %\register
    xor RESULT, RESULT
    call *WORD(SP)
    mov %\register, RESULT
    add $(3 * WORD), SP
    pop_saved
    ret
    .size cpu_hold_\register, . - cpu_hold_\register

    .section .rodata.cpu_holds, "a", @progbits
    ADDRESS cpu_hold_\register
    .endm

    .section .rodata.cpu_holds, "a", @progbits
    .balign 8
    .global cpu_holds
cpu_holds:
    .irp kept, SAVED
    hold \kept
    .endr

    .section .rodata.cpu_frame, "a", @progbits
    .balign 8
    .global cpu_hold_count, cpu_frame_words, cpu_frame_return, cpu_frame_above
cpu_hold_count: ADDRESS SAVED_COUNT
cpu_frame_words: ADDRESS SAVED_COUNT + 1
cpu_frame_return: ADDRESS SAVED_COUNT
cpu_frame_above: ADDRESS ABOVE

    .section .text.cpu_switch, "ax", @progbits
    .global cpu_switch
    .type cpu_switch, @function
cpu_switch:
#ifndef __x86_64__
    mov 4(%esp), %eax
    mov 8(%esp), %edx
#endif
    push_saved
#ifdef __x86_64__
    mov %rsp, (%rdi)
    mov %rsi, %rsp
#else
    mov %esp, (%eax)
    mov %edx, %esp
#endif
    pop_saved
    ret
    .size cpu_switch, . - cpu_switch

    .section .rodata.cpu_exceptions, "a", @progbits
    .balign 8
    .global cpu_exceptions, cpu_nothing
cpu_exceptions: ADDRESS 0 /* signals are the sanitizers' */
cpu_nothing: ADDRESS 0

    .section .bss.cpu_call, "aw", @nobits
    .balign 8
    .global cpu_call_function, cpu_call_arguments, cpu_call_sp
cpu_call_function: .skip WORD
cpu_call_arguments: .skip 2 * WORD
cpu_call_sp: .skip WORD

    .macro function name
    .section .text.\name, "ax", @progbits
    .global \name
    .type \name, @function
\name:
    .endm

    function cpu_call
    mov SP, cpu_call_sp
#ifdef __x86_64__
    mov cpu_call_arguments, %rdi
    mov cpu_call_arguments + WORD, %rsi
    jmp *cpu_call_function
#else
    sub $4, %esp
    push cpu_call_arguments + WORD
    push cpu_call_arguments
    mov %esp, cpu_call_sp
    call *cpu_call_function
    add $12, %esp
    ret
#endif

    .macro first_argument
#ifdef __x86_64__
    mov %rdi, RESULT
#else
    mov 4(%esp), RESULT
#endif
    .endm

    function cpu_loop
    first_argument
0:  dec %eax
    jnz 0b
    ret

    function cpu_line
    first_argument
    .set at, 0
    .rept 64
    movl $1, at(RESULT)
    .set at, at + 4
    .endr
    ret

    /* No fault is provoked here: cpu_exceptions is 0. */
    function cpu_undefined
    function cpu_stack_lose
    function cpu_stray_interrupt
    ud2

    .section .note.GNU-stack, "", @progbits
