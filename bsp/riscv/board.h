/* moat: RISC-V boards, what its files share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOARD_H
#define MOAT_BSP_BOARD_H

#include <stdint.h>

void bsp_timer_interrupt(void);

/* Enables an interrupt by its number in mie. */
static inline void bsp_interrupt_enable(uint32_t number) {
    __asm__ volatile("csrs mie, %0" : : "r"((uintptr_t)1 << number) : "memory");
}

static inline void bsp_interrupt_disable(uint32_t number) {
    __asm__ volatile("csrc mie, %0" : : "r"((uintptr_t)1 << number) : "memory");
}

#endif
