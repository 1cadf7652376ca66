/* moat: RISC-V virt, the console on UART 0, a 16550. Its FIFO stays off: switching it on drops the byte that came
 * before start-up did it, and the pipe at the other end of this one waits.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "../common/ring.h"
#include "board.h"
#include "virt.h"

#include <moat.h>

MOAT_USE_MESSAGES; /* here is where they are read */

#define UART ((struct uart16550 *)(uintptr_t)VIRT_UART0)
#define BAUD 115200u
#define DIVISOR (UART_CLOCK_HZ / (16 * BAUD))

static struct bsp_ring ring;
static volatile unsigned overruns;

void bsp_console_init(void) {
    UART->interrupt_enable = 0;
    UART->line_control = UART_LINE_DIVISOR;
    UART->data = DIVISOR & 0xff;
    UART->interrupt_enable = DIVISOR >> 8;
    UART->line_control = UART_LINE_8N1;
}

void bsp_console_open(void) {
    UART->interrupt_enable = UART_INTERRUPT_RX;
}

/* A full ring leaves the byte where it is and closes the interrupt; bsp_getchar opens it. */
void bsp_console_interrupt(void) {
    uint8_t status = UART->line_status;
    overruns += status & UART_STATUS_OVERRUN ? 1 : 0;
    if (bsp_ring_full(&ring)) {
        UART->interrupt_enable = 0;
    } else if (status & UART_STATUS_RX) {
        bsp_ring_put(&ring, UART->data);
    }
}

int bsp_getchar(void) {
    int byte = bsp_ring_take(&ring);
    if (byte >= 0) {
        UART->interrupt_enable = UART_INTERRUPT_RX;
    }
    return byte;
}

unsigned bsp_rx_overruns(void) {
    return overruns;
}

void bsp_write(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        while (!(UART->line_status & UART_STATUS_TX_EMPTY)) {
        }
        UART->data = (uint8_t)text[i];
    }
}
