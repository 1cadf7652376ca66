/* moat: the probe's entries: save what a call may change. See moat_port_cpu.h.
 *
 * SPDX-License-Identifier: MIT */
#if __riscv_xlen == 64
#define STORE sd
#define LOAD ld
#define WORD 8
#else
#define STORE sw
#define LOAD lw
#define WORD 4
#endif

    .macro each operation
    \operation ra, 0 * WORD(sp)
    \operation t0, 1 * WORD(sp)
    \operation t1, 2 * WORD(sp)
    \operation t2, 3 * WORD(sp)
    \operation t3, 4 * WORD(sp)
    \operation t4, 5 * WORD(sp)
    \operation t5, 6 * WORD(sp)
    \operation t6, 7 * WORD(sp)
    \operation a0, 8 * WORD(sp)
    \operation a1, 9 * WORD(sp)
    \operation a2, 10 * WORD(sp)
    \operation a3, 11 * WORD(sp)
    \operation a4, 12 * WORD(sp)
    \operation a5, 13 * WORD(sp)
    \operation a6, 14 * WORD(sp)
    \operation a7, 15 * WORD(sp)
    .endm

    .macro entry name, function
    .section .text.\name, "ax", @progbits
    .global \name
    .type \name, @function
\name:
    addi sp, sp, -16 * WORD
    each STORE
    call \function
    each LOAD
    addi sp, sp, 16 * WORD
    ret
    .size \name, . - \name
    .endm

    entry bench_probe_masked, bench_probe_enter
    entry bench_probe_unmasking, bench_probe_leave
