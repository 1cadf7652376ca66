/* moat: Cortex-M, a semihosting request.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

/* intptr_t bsp_semihosting(uintptr_t request, const void *parameters) */
    .section .text.bsp_semihosting, "ax", %progbits
    .global bsp_semihosting
    .type bsp_semihosting, %function
    .thumb_func
bsp_semihosting:
    bkpt 0xab
    bx lr
    .size bsp_semihosting, . - bsp_semihosting
