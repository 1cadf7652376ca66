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

/* For registers x16 to x31, which RV32E lacks: there they read as 0, in frames and reports. */
#ifdef __riscv_32e
#define UPPER(operation, register, at)
#define UPPER_STORE(register, at) STORE zero, at
#else
#define UPPER(operation, register, at) operation register, at
#define UPPER_STORE(register, at) STORE register, at
#endif

#endif
