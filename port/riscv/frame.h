/* moat: RISC-V, what a trap saves: a struct for C, offsets in words for assembly.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_FRAME_H
#define MOAT_PORT_FRAME_H

#define FRAME_RA 0
#define FRAME_T 1   /* t0..t6 */
#define FRAME_A 8   /* a0..a7 */
#define FRAME_SP 16 /* of the interrupted code */
#define FRAME_MSCRATCH 17
#define FRAME_MEPC 18
#define FRAME_MSTATUS 19
#define FRAME_FLOATS 20 /* words so far: a multiple of 16 bytes on rv32 and rv64 */

/* The registers of floating point that a handler may change: where callees preserve fs0..fs11 whole, those that they do
 * not preserve, else all. Then fcsr. The part is a multiple of 16 bytes too. */
#ifdef __riscv_flen
#if (__riscv_flen == 32 && defined(__riscv_float_abi_single)) || defined(__riscv_float_abi_double)
#define FRAME_FLOAT_COUNT 20
#define FRAME_FLOAT_LIST f0, f1, f2, f3, f4, f5, f6, f7, f10, f11, f12, f13, f14, f15, f16, f17, f28, f29, f30, f31
#else
#define FRAME_FLOAT_COUNT 32
#define FRAME_FLOAT_LIST                                                                                               \
    f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, \
        f25, f26, f27, f28, f29, f30, f31
#endif
#define FRAME_FLOAT_BYTES (__riscv_flen / 8)
#define FRAME_FLOAT_WORDS ((FRAME_FLOAT_COUNT * FRAME_FLOAT_BYTES + 16) / (__riscv_xlen / 8))
#else
#define FRAME_FLOAT_WORDS 0
#endif
#define FRAME_WORDS (FRAME_FLOATS + FRAME_FLOAT_WORDS)

#define MSTATUS_FS 0x6000 /* 0: floating point is switched off */

/* Saved as well if the trap is a fault. */
#define SAVED_GP 0
#define SAVED_TP 1
#define SAVED_S 2 /* s0..s11 */
#define SAVED_WORDS 16

#ifndef __ASSEMBLER__
#include <stdint.h>

struct moat_port_frame {
    uintptr_t ra, t[7], a[8], sp, mscratch, mepc, mstatus;
#ifdef __riscv_flen
    uintptr_t floats[FRAME_FLOAT_WORDS];
#endif
};

struct moat_port_saved {
    uintptr_t gp, tp, s[12], unused[2];
};

_Static_assert(sizeof(struct moat_port_saved) == SAVED_WORDS * sizeof(uintptr_t), "trap.S and C agree");
_Static_assert(sizeof(struct moat_port_frame) == FRAME_WORDS * sizeof(uintptr_t), "trap.S and C agree");
#endif

#endif
