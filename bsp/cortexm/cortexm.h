/* moat: the registers of a Cortex-M's interrupt controller and system control block that the board support uses. All
 * are whole words: ARMv6-M has no other access to them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_CORTEXM_H
#define MOAT_BSP_CORTEXM_H

#include <stdint.h>

#define NVIC_ISER ((volatile uint32_t *)0xe000e100u)
#define NVIC_ICER ((volatile uint32_t *)0xe000e180u)
#define NVIC_ISPR ((volatile uint32_t *)0xe000e200u)
#define NVIC_ICPR ((volatile uint32_t *)0xe000e280u)
#define NVIC_IPR ((volatile uint32_t *)0xe000e400u)

#define SCB_ICSR (*(volatile uint32_t *)0xe000ed04u)
#define SCB_ICSR_PENDSTCLR (1u << 25)
#define SCB_ICSR_PENDSTSET (1u << 26)
#define SCB_AIRCR (*(volatile uint32_t *)0xe000ed0cu)
#define SCB_AIRCR_RESET 0x05fa0004u
#define SCB_SHPR3 (*(volatile uint32_t *)0xe000ed20u)

#define SYST_CSR (*(volatile uint32_t *)0xe000e010u)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014u)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018u)
#define SYST_CSR_ON 7u /* enabled, with its interrupt, on the core's clock */

/* Sets the bit of an interrupt line in one of the registers that have a bit for each. */
static inline void bsp_line(volatile uint32_t *registers, uint32_t line) {
    registers[line / 32] = 1u << line % 32;
}

/* The handler of a line that is a number of the make file. */
#define BSP_HANDLER(line) BSP_HANDLER_OF(line)
#define BSP_HANDLER_OF(line) IRQ##line##_Handler

#endif
