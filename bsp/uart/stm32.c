/* moat: the USART of the STM32F1 and its likes. It holds one received byte.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

struct uart {
    volatile uint32_t status, data, baud, control;
};

#define STATUS_RX_OVERRUN (1u << 3)
#define STATUS_RX_FULL (1u << 5)
#define STATUS_TX_EMPTY (1u << 7)
#define CONTROL_ON (1u << 13 | 1u << 3 | 1u << 2) /* the USART, its sender, its receiver */
#define CONTROL_RX_INTERRUPT (1u << 5)

#define UART ((struct uart *)BSP_UART)
#define BAUD 115200u

void bsp_uart_init(void) {
    UART->baud = BSP_CLOCK_KHZ * 1000u / BAUD;
    UART->control = CONTROL_ON;
}

void bsp_uart_listen(bool on) {
    UART->control = CONTROL_ON | (on ? CONTROL_RX_INTERRUPT : 0);
}

void bsp_uart_put(uint8_t byte) {
    while (!(UART->status & STATUS_TX_EMPTY)) {
    }
    UART->data = byte;
}

int bsp_uart_take(void) {
    return UART->status & STATUS_RX_FULL ? (int)(UART->data & 0xff) : -1;
}

/* Cleared by the reading of the byte that follows. */
bool bsp_uart_overrun(void) {
    return (UART->status & STATUS_RX_OVERRUN) != 0;
}
