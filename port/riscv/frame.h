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

#ifndef __ASSEMBLER__
#include <stdint.h>

struct moat_port_frame {
    uintptr_t ra, t[7], a[8], sp, mscratch, mepc, mstatus;
};

_Static_assert(sizeof(struct moat_port_frame) == FRAME_WORDS * sizeof(uintptr_t), "trap.S and C agree");
#endif

#endif
