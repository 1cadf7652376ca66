/* moat: Cortex-M, the system registers that the port reads.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_SCB_H
#define MOAT_PORT_SCB_H

#include <stdint.h>

#define SCB_SHPR ((volatile uint8_t *)0xe000ed18u)    /* priorities of exceptions 4 to 15 */
#define NVIC_IPR ((volatile uint8_t *)0xe000e400u)    /* and of interrupts */
#define SCB_SHCSR (*(volatile uint32_t *)0xe000ed24u) /* enables of the three configurable faults */
#define SCB_CFSR (*(volatile uint32_t *)0xe000ed28u)
#define SCB_HFSR (*(volatile uint32_t *)0xe000ed2cu)
#define SCB_MMFAR (*(volatile uint32_t *)0xe000ed34u)
#define SCB_BFAR (*(volatile uint32_t *)0xe000ed38u)

#define SCB_SHCSR_FAULTS (7u << 16) /* MemManage, BusFault, UsageFault */
#define SCB_CFSR_MSTKERR (1u << 4)  /* the frame could not be pushed */
#define SCB_CFSR_MMARVALID (1u << 7)
#define SCB_CFSR_STKERR (1u << 12)
#define SCB_CFSR_BFARVALID (1u << 15)
#define SCB_CFSR_STKOF (1u << 20) /* ARMv8-M: a stack pointer would have passed its limit */

#endif
