/* moat: the tests' kernel on RISC-V. See kernel.h. A task that does not run has its registers on its stack, in a frame
 * of 32 words: x1, the place where it goes on, x3 to x31.
 *
 * SPDX-License-Identifier: MIT */
#include "word.h"

#define FRAME 32
#define MPIE_MPP 0x1880 /* machine mode, interrupts open */

/* In a task, interrupts masked: another one runs. Returns with interrupts open. */
    .section .text.kernel_riscv_leave, "ax", @progbits
    .global kernel_riscv_leave
    .type kernel_riscv_leave, @function
kernel_riscv_leave:
    addi sp, sp, -FRAME * WORD
    STORE ra, 2 * WORD(sp)

/* Where a trap that is to switch tasks returns to: interrupts masked, on the stack of the task. The frame is there,
 * and in it the place where the task was interrupted. */
    .global kernel_riscv_preempted
kernel_riscv_preempted:
    STORE x1, 1 * WORD(sp)
    .irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    STORE x\n, \n * WORD(sp)
    .endr
    mv a0, sp
    call kernel_pick
    mv sp, a0
    LOAD t0, 2 * WORD(sp)
    csrw mepc, t0
    li t0, MPIE_MPP
    csrs mstatus, t0
    LOAD x1, 1 * WORD(sp)
    .irp n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    LOAD x\n, \n * WORD(sp)
    .endr
    addi sp, sp, FRAME * WORD
    mret
    .size kernel_riscv_leave, . - kernel_riscv_leave
