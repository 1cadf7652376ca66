/* moat: RISC-V, a semihosting request: three uncompressed instructions that must lie in one page.
 *
 * SPDX-License-Identifier: MIT */

/* intptr_t bsp_semihosting(uintptr_t request, const void *parameters) */
    .section .text.bsp_semihosting, "ax", @progbits
    .global bsp_semihosting
    .type bsp_semihosting, @function
    .option push
    .option norvc
    .balign 16
bsp_semihosting:
    slli zero, zero, 0x1f
    ebreak
    srai zero, zero, 7
    ret
    .option pop
    .size bsp_semihosting, . - bsp_semihosting
