/* moat: ARMv7-M, the memory protection unit, as far as start-up uses it: what is not in a region stays as it was.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_MPU_H
#define MOAT_PORT_MPU_H

#include <stdint.h>

#define MPU_CTRL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_RBAR (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_RASR (*(volatile uint32_t *)0xe000eda0u)

#define MPU_CTRL_ON 5u /* with the default memory map behind the regions */
#define MPU_RBAR_VALID 0x10u
#define MPU_RASR_ENABLE 1u
#define MPU_RASR_NO_ACCESS (1u << 28 | 0u << 24 | 6u << 16) /* nor execution; normal memory */
#define MPU_RASR_READ_EXECUTE (6u << 24 | 2u << 16)         /* normal memory, write-through */

/* start  aligned to bytes;  bytes  a power of two, 32 or more;  access  MPU_RASR_... */
static inline void moat_port_mpu_region(uint32_t number, uintptr_t start, uint32_t bytes, uint32_t access) {
    MPU_RBAR = start | MPU_RBAR_VALID | number;
    MPU_RASR = access | ((uint32_t)__builtin_ctz(bytes) - 1) << 1 | MPU_RASR_ENABLE;
}

static inline void moat_port_mpu_on(void) {
    MPU_CTRL = MPU_CTRL_ON;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

#endif
