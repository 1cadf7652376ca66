/* moat: the UART of Arm's Cortex-M System Design Kit. It holds one received byte.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

struct uart {
    volatile uint32_t data, state, ctrl, interrupt, baud_divider;
};

#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define STATE_RX_OVERRUN 8u
#define CTRL_TX 1u
#define CTRL_RX 2u
#define CTRL_RX_INTERRUPT 8u
#define INTERRUPT_RX 2u

#define UART ((struct uart *)BSP_UART)
#define BAUD 115200u

void bsp_uart_init(void) {
    UART->baud_divider = BSP_CLOCK_KHZ * 1000u / BAUD;
    UART->ctrl = CTRL_TX;
}

void bsp_uart_listen(bool on) {
    UART->ctrl = CTRL_TX | CTRL_RX | (on ? CTRL_RX_INTERRUPT : 0);
}

void bsp_uart_put(uint8_t byte) {
    while (UART->state & STATE_TX_FULL) {
    }
    UART->data = byte;
}

int bsp_uart_take(void) {
    UART->interrupt = INTERRUPT_RX;
    return UART->state & STATE_RX_FULL ? (int)(UART->data & 0xff) : -1;
}

bool bsp_uart_overrun(void) {
    bool lost = (UART->state & STATE_RX_OVERRUN) != 0;
    if (lost) {
        UART->state = STATE_RX_OVERRUN;
    }
    return lost;
}
