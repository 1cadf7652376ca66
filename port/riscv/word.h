/* moat: RISC-V assembly, loads and stores of a machine word and of a floating-point register; and which kinds of core
 * there is no code for.
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

#ifdef __riscv_flen
#if __riscv_flen == 64
#define FSTORE fsd
#define FLOAD fld
#elif __riscv_flen == 32
#define FSTORE fsw
#define FLOAD flw
#else
#error "moat: trap.S does not save registers of the Q extension: build with F or D, in -march"
#endif
#endif
#ifdef __riscv_vector
#error "moat: trap.S does not save the vector registers: build without V and Zve in -march"
#endif
#ifdef __riscv_32e
#error "moat: trap.S and spill.S need all 32 registers: RV32E has 16"
#endif

#endif
