/* moat: Cortex-M, the vector table. A firmware takes an exception or interrupt by defining its handler: those named
 * here, and IRQ0_Handler and on. Those that nobody takes are reported as faults.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb
    .altmacro

/* A tail jump: the report reads lr and the stack as the exception left them. */
    .section .text.unexpected, "ax", %progbits
    .type unexpected, %function
    .thumb_func
unexpected:
    ldr r0, =moat_port_exception
    bx r0

    .macro taken name
    .weak \name
    .thumb_set \name, unexpected
    .word \name
    .endm

    .macro line number
    taken IRQ\number\()_Handler
    .endm

    .section .reset, "a", %progbits
    .global moat_vectors
moat_vectors:
    .word moat_handler_stack_end
    .word moat_reset
    taken NMI_Handler
    taken HardFault_Handler
    .rept 7 /* MemManage, BusFault, UsageFault, SecureFault, and reserved ones */
    .word unexpected
    .endr
    taken SVC_Handler
    taken DebugMon_Handler
    .word unexpected
    taken PendSV_Handler
    taken SysTick_Handler
    .set at, 0
    .rept BSP_LINES
    line %at
    .set at, at + 1
    .endr
    .size moat_vectors, . - moat_vectors
