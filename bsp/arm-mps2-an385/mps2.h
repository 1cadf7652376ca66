/* moat: the registers of Arm MPS2 / AN385 that the board support uses (Arm DAI 0385, Cortex-M System Design Kit).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_MPS2_H
#define MOAT_BSP_MPS2_H

#include <stdint.h>

/* Memory, as in linker/arm-mps2-an385.ld and linker/sections.ld. */
#define MPS2_FLASH 0x00000000u
#define MPS2_FLASH_BYTES 0x400000u
#define MPS2_STACK_GUARD_BYTES 0x1000u

#define MPS2_TIMER0 0x40000000u
#define MPS2_TIMER1 0x40001000u
#define MPS2_UART0 0x40004000u

struct cmsdk_timer {
    volatile uint32_t ctrl, value, reload, interrupt; /* interrupt: write 1 to clear */
};

#define CMSDK_TIMER_ENABLE 1u
#define CMSDK_TIMER_INTERRUPT 8u

struct cmsdk_uart {
    volatile uint32_t data, state, ctrl, interrupt, baud_divider;
};

#define CMSDK_UART_STATE_TX_FULL 1u
#define CMSDK_UART_STATE_RX_FULL 2u
#define CMSDK_UART_STATE_RX_OVERRUN 8u
#define CMSDK_UART_CTRL_TX 1u
#define CMSDK_UART_CTRL_RX 2u
#define CMSDK_UART_CTRL_RX_INTERRUPT 8u
#define CMSDK_UART_INTERRUPT_RX 2u

#define MPS2_CLOCK_HZ 25000000u

/* Interrupt lines. */
#define MPS2_IRQ_UART0_RX 0u
#define MPS2_IRQ_TIMER0 8u
#define MPS2_IRQ_TIMER1 9u
#define MPS2_IRQ_SOFTWARE 31u /* no device has it */
#define MPS2_IRQS 32u

/* The Cortex-M's interrupt controller and system control block. */
#define NVIC_ISER (*(volatile uint32_t *)0xe000e100u)
#define NVIC_ICER (*(volatile uint32_t *)0xe000e180u)
#define NVIC_ISPR (*(volatile uint32_t *)0xe000e200u)
#define NVIC_ICPR (*(volatile uint32_t *)0xe000e280u)
#define NVIC_IPR ((volatile uint8_t *)0xe000e400u)
#define SCB_AIRCR (*(volatile uint32_t *)0xe000ed0cu)
#define SCB_AIRCR_RESET 0x05fa0004u

#endif
