/* moat: MPS2 / AN385, the console on UART0. The UART holds one received byte.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "../common/ring.h"
#include "board.h"
#include "mps2.h"

#include <moat.h>

MOAT_USE_MESSAGES; /* here is where they are read */

#define UART ((struct cmsdk_uart *)MPS2_UART0)
#define BAUD 115200u

static struct bsp_ring ring;
static volatile unsigned overruns;

void UARTRX0_Handler(void);

void bsp_console_init(void) {
    UART->baud_divider = MPS2_CLOCK_HZ / BAUD;
    UART->ctrl = CMSDK_UART_CTRL_TX;
}

void bsp_console_open(void) {
    UART->ctrl = CMSDK_UART_CTRL_TX | CMSDK_UART_CTRL_RX | CMSDK_UART_CTRL_RX_INTERRUPT;
    NVIC_ISER = 1u << MPS2_IRQ_UART0_RX;
}

/* A full ring leaves the byte where it is and closes the interrupt; bsp_getchar opens it. */
void UARTRX0_Handler(void) {
    if (UART->state & CMSDK_UART_STATE_RX_OVERRUN) {
        UART->state = CMSDK_UART_STATE_RX_OVERRUN;
        overruns++;
    }
    if (bsp_ring_full(&ring)) {
        NVIC_ICER = 1u << MPS2_IRQ_UART0_RX;
        return;
    }
    UART->interrupt = CMSDK_UART_INTERRUPT_RX;
    if (UART->state & CMSDK_UART_STATE_RX_FULL) {
        bsp_ring_put(&ring, (uint8_t)UART->data);
    }
}

int bsp_getchar(void) {
    int byte = bsp_ring_take(&ring);
    if (byte >= 0) {
        NVIC_ISER = 1u << MPS2_IRQ_UART0_RX;
    }
    return byte;
}

unsigned bsp_rx_overruns(void) {
    return overruns;
}

void bsp_write(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        while (UART->state & CMSDK_UART_STATE_TX_FULL) {
        }
        UART->data = (uint8_t)text[i];
    }
}
