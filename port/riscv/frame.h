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
#define FRAME_WORDS 20 /* a multiple of 16 bytes on rv32 and rv64 */

/* Saved as well if the trap is a fault. */
#define SAVED_GP 0
#define SAVED_TP 1
#define SAVED_S 2 /* s0..s11 */
#define SAVED_WORDS 16

#ifndef __ASSEMBLER__
#include <stdint.h>

struct moat_port_frame {
    uintptr_t ra, t[7], a[8], sp, mscratch, mepc, mstatus;
};

struct moat_port_saved {
    uintptr_t gp, tp, s[12], unused[2];
};

_Static_assert(sizeof(struct moat_port_saved) == SAVED_WORDS * sizeof(uintptr_t), "trap.S and C agree");
_Static_assert(sizeof(struct moat_port_frame) == FRAME_WORDS * sizeof(uintptr_t), "trap.S and C agree");
#endif

#endif
