/* moat: RISC-V, moat_port_registers.
 *
 * SPDX-License-Identifier: MIT */
#include "word.h"

/* uint64_t moat_port_registers(uintptr_t registers[MOAT_PORT_REGISTERS]) */
    .section .text.moat_port_registers, "ax", @progbits
    .global moat_port_registers
    .type moat_port_registers, @function
moat_port_registers:
    STORE sp, 2 * WORD(a0)
    STORE gp, 3 * WORD(a0)
    STORE tp, 4 * WORD(a0)
    STORE s0, 8 * WORD(a0)
    STORE s1, 9 * WORD(a0)
    UPPER_STORE(s2, 18 * WORD(a0))
    UPPER_STORE(s3, 19 * WORD(a0))
    UPPER_STORE(s4, 20 * WORD(a0))
    UPPER_STORE(s5, 21 * WORD(a0))
    UPPER_STORE(s6, 22 * WORD(a0))
    UPPER_STORE(s7, 23 * WORD(a0))
    UPPER_STORE(s8, 24 * WORD(a0))
    UPPER_STORE(s9, 25 * WORD(a0))
    UPPER_STORE(s10, 26 * WORD(a0))
    UPPER_STORE(s11, 27 * WORD(a0))
    STORE ra, 32 * WORD(a0) /* the pc after the return */
#if __riscv_xlen == 64
    li a0, 0x10ffc031c
#else
#ifdef __riscv_32e
    li a0, 0x0000031c
#else
    li a0, 0x0ffc031c
#endif
    li a1, 1
#endif
    ret
    .size moat_port_registers, . - moat_port_registers
