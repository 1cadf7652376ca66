/* moat: Arm's PL011 UART, as in the Stellaris family. Its FIFOs stay off: it holds one received byte.
 *
 * SPDX-License-Identifier: MIT */
#include "../common/uart.h"

#define UART(offset) (*(volatile uint32_t *)(BSP_UART + (offset)))
#define DATA UART(0x00)
#define ERRORS UART(0x04) /* written: cleared */
#define FLAGS UART(0x18)
#define BAUD_WHOLE UART(0x24)
#define BAUD_PARTS UART(0x28) /* of 64 */
#define LINE UART(0x2c)
#define CONTROL UART(0x30)
#define INTERRUPTS UART(0x38)

#define ERRORS_OVERRUN 8u
#define FLAGS_RX_EMPTY (1u << 4)
#define FLAGS_TX_FULL (1u << 5)
#define LINE_8N1 (3u << 5)
#define CONTROL_ON (1u | 1u << 8 | 1u << 9) /* the UART, its sender, its receiver */
#define INTERRUPTS_RX (1u << 4)
#define BAUD 115200u
#define BAUD_64THS ((BSP_CLOCK_KHZ * 1000u * 4 + BAUD / 2) / BAUD) /* of the clock / 16 */

void bsp_uart_init(void) {
    BAUD_WHOLE = BAUD_64THS / 64;
    BAUD_PARTS = BAUD_64THS % 64;
    LINE = LINE_8N1;
    CONTROL = CONTROL_ON;
}

void bsp_uart_listen(bool on) {
    INTERRUPTS = on ? INTERRUPTS_RX : 0;
}

void bsp_uart_put(uint8_t byte) {
    while (FLAGS & FLAGS_TX_FULL) {
    }
    DATA = byte;
}

int bsp_uart_take(void) {
    return FLAGS & FLAGS_RX_EMPTY ? -1 : (int)(DATA & 0xff);
}

bool bsp_uart_overrun(void) {
    bool lost = (ERRORS & ERRORS_OVERRUN) != 0;
    if (lost) {
        ERRORS = 0;
    }
    return lost;
}
