/* moat: the registers that RISC-V boards have in common: CLINT and PLIC.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_RISCV_H
#define MOAT_BSP_RISCV_H

#include <stdint.h>

#define RISCV_CLINT 0x2000000u
#define RISCV_PLIC 0xc000000u

/* CLINT: software and timer interrupts of hart 0. */
#define CLINT_MSIP (*(volatile uint32_t *)(uintptr_t)RISCV_CLINT)
#define CLINT_MTIMECMP ((volatile uint32_t *)(uintptr_t)(RISCV_CLINT + 0x4000u)) /* low, high */
#define CLINT_MTIME ((volatile uint32_t *)(uintptr_t)(RISCV_CLINT + 0xbff8u))    /* low, high */

/* PLIC: device interrupts, machine-mode context of hart 0. */
#define PLIC_PRIORITY ((volatile uint32_t *)(uintptr_t)RISCV_PLIC)
#define PLIC_ENABLE ((volatile uint32_t *)(uintptr_t)(RISCV_PLIC + 0x2000u))
#define PLIC_THRESHOLD (*(volatile uint32_t *)(uintptr_t)(RISCV_PLIC + 0x200000u))
#define PLIC_CLAIM (*(volatile uint32_t *)(uintptr_t)(RISCV_PLIC + 0x200004u))

/* Numbers of interrupts in mie and mcause. */
#define INTERRUPT_SOFTWARE 3u
#define INTERRUPT_TIMER 7u
#define INTERRUPT_EXTERNAL 11u

#endif
