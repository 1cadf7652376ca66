/* moat: RISC-V assembly, loads and stores of a machine word.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_WORD_H
#define MOAT_PORT_WORD_H

#if __riscv_xlen == 64
#define WORD 8
#define STORE sd
#define LOAD ld
#else
#define WORD 4
#define STORE sw
#define LOAD lw
#endif

#endif
