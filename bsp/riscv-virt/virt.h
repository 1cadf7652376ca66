/* moat: the registers of QEMU's RISC-V virt machine that the board support uses.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_VIRT_H
#define MOAT_BSP_VIRT_H

#include <stdint.h>

/* Memory, as in linker/riscv*-virt.ld and linker/sections.ld. */
#define VIRT_FLASH 0x80000000u
#define VIRT_FLASH_BYTES 0x400000u
#define VIRT_STACK_GUARD_BYTES 0x1000u

#define VIRT_TEST 0x100000u
#define VIRT_CLINT 0x2000000u
#define VIRT_PLIC 0xc000000u
#define VIRT_UART0 0x10000000u

/* The test finisher: ends the run or resets the board. */
#define TEST_FINISH (*(volatile uint32_t *)(uintptr_t)VIRT_TEST)
#define TEST_FINISH_FAIL 0x3333u /* status in the upper half */
#define TEST_FINISH_PASS 0x5555u
#define TEST_FINISH_RESET 0x7777u

/* CLINT: software and timer interrupts of hart 0. */
#define CLINT_MSIP (*(volatile uint32_t *)(uintptr_t)VIRT_CLINT)
#define CLINT_MTIMECMP ((volatile uint32_t *)(uintptr_t)(VIRT_CLINT + 0x4000u)) /* low, high */
#define CLINT_MTIME ((volatile uint32_t *)(uintptr_t)(VIRT_CLINT + 0xbff8u))    /* low, high */

/* PLIC: device interrupts, machine-mode context of hart 0. */
#define PLIC_PRIORITY ((volatile uint32_t *)(uintptr_t)VIRT_PLIC)
#define PLIC_ENABLE ((volatile uint32_t *)(uintptr_t)(VIRT_PLIC + 0x2000u))
#define PLIC_THRESHOLD (*(volatile uint32_t *)(uintptr_t)(VIRT_PLIC + 0x200000u))
#define PLIC_CLAIM (*(volatile uint32_t *)(uintptr_t)(VIRT_PLIC + 0x200004u))
#define PLIC_UART0 10u

/* UART 0 is a 16550; a divisor is written while LCR says so, at the addresses of data and interrupt enable. */
struct uart16550 {
    volatile uint8_t data, interrupt_enable, fifo_control, line_control, modem_control, line_status;
};

#define UART_INTERRUPT_RX 1u
#define UART_LINE_8N1 3u
#define UART_LINE_DIVISOR 0x80u
#define UART_STATUS_RX 1u
#define UART_STATUS_OVERRUN 2u
#define UART_STATUS_TX_EMPTY 0x20u
#define UART_CLOCK_HZ 3686400u

/* Numbers of interrupts in mie and mcause. */
#define INTERRUPT_SOFTWARE 3u
#define INTERRUPT_TIMER 7u
#define INTERRUPT_EXTERNAL 11u

#endif
