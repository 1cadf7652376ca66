/* moat: RISC-V, moat_port_spill_and_call.
 *
 * SPDX-License-Identifier: MIT */
#include "word.h"

#define SPILLED 16 /* words: ra and s0..s11, rounded up to 16 bytes on rv32 */

/* fs0..fs11, as wide as a callee preserves them. A pointer does not fit into less than a word. */
#if defined(__riscv_float_abi_double) && __riscv_flen == 64
#define FLOAT_BYTES (12 * 8)
#define FLOAT_STORE fsd
#elif defined(__riscv_float_abi_single) && __riscv_xlen == 32
#define FLOAT_BYTES (12 * 4)
#define FLOAT_STORE fsw
#endif

/* void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) */
    .cfi_sections .debug_frame /* for debuggers: it takes no flash */
    .section .text.moat_port_spill_and_call, "ax", @progbits
    .global moat_port_spill_and_call
    .type moat_port_spill_and_call, @function
moat_port_spill_and_call:
    .cfi_startproc
    addi sp, sp, -SPILLED * WORD
    .cfi_def_cfa_offset SPILLED * WORD
    STORE ra, 15 * WORD(sp)
    .cfi_offset ra, -WORD
    STORE s0, 0 * WORD(sp)
    STORE s1, 1 * WORD(sp)
    UPPER(STORE, s2, 2 * WORD(sp))
    UPPER(STORE, s3, 3 * WORD(sp))
    UPPER(STORE, s4, 4 * WORD(sp))
    UPPER(STORE, s5, 5 * WORD(sp))
    UPPER(STORE, s6, 6 * WORD(sp))
    UPPER(STORE, s7, 7 * WORD(sp))
    UPPER(STORE, s8, 8 * WORD(sp))
    UPPER(STORE, s9, 9 * WORD(sp))
    UPPER(STORE, s10, 10 * WORD(sp))
    UPPER(STORE, s11, 11 * WORD(sp))
#ifdef FLOAT_BYTES
    addi sp, sp, -FLOAT_BYTES
    .cfi_adjust_cfa_offset FLOAT_BYTES
    .set at, 0
    .irp register, fs0, fs1, fs2, fs3, fs4, fs5, fs6, fs7, fs8, fs9, fs10, fs11
    FLOAT_STORE \register, at(sp)
    .set at, at + FLOAT_BYTES / 12
    .endr
#endif
    mv t0, a0
    mv a0, a1
    mv a1, sp
    jalr t0 /* which preserves s0..s11: only ra has to come back */
#ifdef FLOAT_BYTES
    addi sp, sp, FLOAT_BYTES
    .cfi_adjust_cfa_offset -FLOAT_BYTES
#endif
    LOAD ra, 15 * WORD(sp)
    addi sp, sp, SPILLED * WORD
    ret
    .cfi_endproc
    .size moat_port_spill_and_call, . - moat_port_spill_and_call
