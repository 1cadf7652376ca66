/* moat: RISC-V boards, from reset to C. Only hart 0 runs.
 *
 * SPDX-License-Identifier: MIT */
    .section .reset, "ax", @progbits
    .global moat_reset
    .type moat_reset, @function
moat_reset:
    csrw mie, zero
    csrw mstatus, zero
#ifdef __riscv_flen
    li t0, 0x2000 /* FS: floating point is on */
    csrs mstatus, t0
    fscsr zero
#endif
    csrr t0, mhartid
    bnez t0, park
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, moat_thread_stack_end
    la t0, moat_handler_stack_end
    csrw mscratch, t0
    la t0, moat_port_trap_entry
    csrw mtvec, t0
    call bsp_start
park:
    wfi
    j park
    .size moat_reset, . - moat_reset
