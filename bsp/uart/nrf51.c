/* moat: the UART of the nRF51 (reference manual, chapter 29). It holds six received bytes.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

#define UART(offset) (*(volatile uint32_t *)(BSP_UART + (offset)))
#define START_RX UART(0x000)
#define START_TX UART(0x008)
#define RX_READY UART(0x108)
#define TX_READY UART(0x11c)
#define INTERRUPTS UART(0x300)
#define ERRORS UART(0x480)
#define ENABLE UART(0x500)
#define RECEIVED UART(0x518)
#define SEND UART(0x51c)
#define BAUD UART(0x524)

#define INTERRUPT_RX_READY (1u << 2)
#define ERRORS_OVERRUN 1u
#define ENABLE_ON 4u
#define BAUD_115200 0x1d7e000u

void bsp_uart_init(void) {
    BAUD = BAUD_115200;
    ENABLE = ENABLE_ON;
    START_TX = 1;
}

void bsp_uart_listen(bool on) {
    START_RX = 1;
    INTERRUPTS = on ? INTERRUPT_RX_READY : 0;
}

void bsp_uart_put(uint8_t byte) {
    TX_READY = 0;
    SEND = byte;
    while (TX_READY == 0) {
    }
}

/* The event is cleared before the byte is read: reading sets it again if another waits. */
int bsp_uart_take(void) {
    if (RX_READY == 0) {
        return -1;
    }
    RX_READY = 0;
    return (int)(RECEIVED & 0xff);
}

bool bsp_uart_overrun(void) {
    bool lost = (ERRORS & ERRORS_OVERRUN) != 0;
    if (lost) {
        ERRORS = ERRORS_OVERRUN;
    }
    return lost;
}
