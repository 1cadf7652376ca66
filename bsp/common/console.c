/* moat: the console, on a UART.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "ring.h"
#include "uart.h"

#include <moat.h>

MOAT_USE_MESSAGES; /* here is where they are read */

static struct bsp_ring ring;
static volatile unsigned overruns;

/* A full ring leaves the byte where it is and closes the interrupt; bsp_getchar opens it. */
void bsp_console_interrupt(void) {
    overruns += bsp_uart_overrun();
    if (bsp_ring_full(&ring)) {
        bsp_uart_interrupt_open(false);
        return;
    }
    int byte = bsp_uart_take();
    if (byte >= 0) {
        bsp_ring_put(&ring, (uint8_t)byte);
    }
}

int bsp_getchar(void) {
    int byte = bsp_ring_take(&ring);
    if (byte >= 0) {
        bsp_uart_interrupt_open(true);
    }
    return byte;
}

unsigned bsp_rx_overruns(void) {
    return overruns;
}

void bsp_write(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        bsp_uart_put((uint8_t)text[i]);
    }
}
