/* moat: SiFive's UART. It holds eight received bytes, and does not tell when it loses one.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

struct uart {
    volatile uint32_t send, received, send_control, receive_control, interrupts, pending, divisor;
};

#define SEND_FULL (1u << 31)
#define RECEIVED_NONE (1u << 31)
#define CONTROL_ON 1u
#define INTERRUPTS_RX 2u

#define UART ((struct uart *)(uintptr_t)BSP_UART)
#define CLOCK_HZ 16000000u /* the crystal's */
#define BAUD 115200u

void bsp_uart_init(void) {
    UART->interrupts = 0;
    UART->divisor = CLOCK_HZ / BAUD - 1;
    UART->send_control = CONTROL_ON;
    UART->receive_control = CONTROL_ON;
}

void bsp_uart_listen(bool on) {
    UART->interrupts = on ? INTERRUPTS_RX : 0;
}

void bsp_uart_put(uint8_t byte) {
    while (UART->send & SEND_FULL) {
    }
    UART->send = byte;
}

int bsp_uart_take(void) {
    uint32_t received = UART->received;
    return received & RECEIVED_NONE ? -1 : (int)(received & 0xff);
}

bool bsp_uart_overrun(void) {
    return false;
}
