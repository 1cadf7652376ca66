/* x86-64 and i386. See cpu.h.
 *
 * SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#define HOLDS rbx, rbp, r12, r13, r14, r15
#define HOLDS_REVERSED r15, r14, r13, r12, rbp, rbx
#define HOLD_COUNT 6
#define WORD 8
#define ADDRESS .quad
#define RESULT %rax
#define SP %rsp
#else
#define HOLDS ebx, ebp, esi, edi
#define HOLDS_REVERSED edi, esi, ebp, ebx
#define HOLD_COUNT 4
#define WORD 4
#define ADDRESS .long
#define RESULT %eax
#define SP %esp
#endif

#define FRAME_WORDS HOLD_COUNT + 1
#define FRAME_RETURN HOLD_COUNT
#define FRAME_ABOVE 1
#define EXCEPTIONS 0 /* signals are the sanitizers' */
#define NOTHING 0

    .macro push_saved
    .irp name, HOLDS
    push %\name
    .endr
    .endm

    .macro pop_saved
    .irp name, HOLDS_REVERSED
    pop %\name
    .endr
    .endm

    /* Two words hold make and collect, and a third aligns the stack: on i386 calls take no arguments here. */
    .macro hold register
    push_saved
    sub $(3 * WORD), SP
#ifdef __x86_64__
    mov %rdi, (SP)
    mov %rsi, WORD(SP)
#else
    mov (HOLD_COUNT + 4) * WORD(SP), %eax
    mov %eax, (SP)
    mov (HOLD_COUNT + 5) * WORD(SP), %eax
    mov %eax, WORD(SP)
#endif
    .irp name, HOLDS
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
    .endm

#include "cpu.inc"

    function cpu_switch
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
