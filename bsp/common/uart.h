/* moat: a UART, as the console uses it. bsp/uart has one of each kind; a board's make file names it, its address
 * (BSP_UART) and its interrupt (BSP_UART_IRQ).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_UART_H
#define MOAT_BSP_UART_H

#include <stdbool.h>
#include <stdint.h>

/* ---- the UART's ---- */

/* Polled output works. */
void bsp_uart_init(void);

/* Input raises interrupts, for as long as a byte waits; or it waits in the UART and raises none. */
void bsp_uart_listen(bool on);

/* Sends a byte; waits while the UART is full. */
void bsp_uart_put(uint8_t byte);

/* A byte that was received, or -1. Called in the interrupt. */
int bsp_uart_take(void);

/* Whether input was lost since the last call. Called in the interrupt. */
bool bsp_uart_overrun(void);

/* ---- the board's ---- */

/* Opens or closes the UART's interrupt: at the interrupt controller, or at the UART if the controller would forget one
 * that comes meanwhile. */
void bsp_uart_interrupt_open(bool open);

/* ---- the console's ---- */

/* From the UART's interrupt. */
void bsp_console_interrupt(void);

#endif
