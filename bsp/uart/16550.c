/* moat: a 16550 UART. Its FIFO stays off: switching it on drops the byte that came before start-up did it, and the pipe
 * at the other end of this one waits.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

/* A divisor is written while LCR says so, at the addresses of data and interrupt enable. */
struct uart {
    volatile uint8_t data, interrupt_enable, fifo_control, line_control, modem_control, line_status;
};

#define INTERRUPT_RX 1u
#define LINE_8N1 3u
#define LINE_DIVISOR 0x80u
#define STATUS_RX 1u
#define STATUS_OVERRUN 2u
#define STATUS_TX_EMPTY 0x20u

#define UART ((struct uart *)(uintptr_t)BSP_UART)
#define CLOCK_HZ 3686400u
#define BAUD 115200u
#define DIVISOR (CLOCK_HZ / (16 * BAUD))

static uint8_t status; /* reading it forgets an overrun */

void bsp_uart_init(void) {
    UART->interrupt_enable = 0;
    UART->line_control = LINE_DIVISOR;
    UART->data = DIVISOR & 0xff;
    UART->interrupt_enable = DIVISOR >> 8;
    UART->line_control = LINE_8N1;
}

void bsp_uart_listen(bool on) {
    UART->interrupt_enable = on ? INTERRUPT_RX : 0;
}

void bsp_uart_put(uint8_t byte) {
    while (!(UART->line_status & STATUS_TX_EMPTY)) {
    }
    UART->data = byte;
}

int bsp_uart_take(void) {
    return status & STATUS_RX ? (int)UART->data : -1;
}

bool bsp_uart_overrun(void) {
    status = UART->line_status;
    return (status & STATUS_OVERRUN) != 0;
}
