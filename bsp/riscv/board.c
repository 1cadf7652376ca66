/* moat: RISC-V boards, start, and the ways that interrupts take.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include "base/port.h"
#include "../../port/port_board.h"
#include "../../port/riscv/pmp.h"
#include "../bsp.h"
#include "../common/start.h"
#include "../common/uart.h"
#include "riscv.h"

extern const char moat_flash_origin[], moat_flash_length[];
extern const char moat_thread_guard_start[], moat_handler_guard_start[], moat_guard_bytes[];

/* Memory that stands in for flash is to behave as flash, and no stack is to grow into what lies below it. */
static void protect(void) {
    moat_port_pmp_set(0, PMP_READ_EXECUTE, (uintptr_t)moat_flash_origin, (uintptr_t)moat_flash_length);
    moat_port_pmp_set(1, PMP_NO_ACCESS, (uintptr_t)moat_thread_guard_start, (uintptr_t)moat_guard_bytes);
    moat_port_pmp_set(2, PMP_NO_ACCESS, (uintptr_t)moat_handler_guard_start, (uintptr_t)moat_guard_bytes);
}

void bsp_board_init(void) {
    protect();
    bsp_uart_init();
}

void bsp_init(void) {
    PLIC_PRIORITY[BSP_UART_IRQ] = 1;
    PLIC_ENABLE[0] = 1u << BSP_UART_IRQ;
    PLIC_THRESHOLD = 0;
    bsp_uart_interrupt_open(true);
    bsp_interrupt_enable(INTERRUPT_EXTERNAL);
    bsp_interrupt_enable(INTERRUPT_SOFTWARE);
    moat_port_unmask(MOAT_PORT_MSTATUS_MIE);
}

/* ---- interrupts ---- */

/* QEMU's PLIC forgets a line that was high when it was claimed and stays so. */
void bsp_uart_interrupt_open(bool open) {
    bsp_uart_listen(open);
}

static void (*volatile software_handler)(void);

void bsp_interrupt(void (*handler)(void)) {
    software_handler = handler;
    CLINT_MSIP = 1;
    __asm__ volatile("fence" : : : "memory");
}

static bool external(void) {
    uint32_t source = PLIC_CLAIM;
    if (source == BSP_UART_IRQ) {
        bsp_console_interrupt();
    }
    PLIC_CLAIM = source;
    return source == BSP_UART_IRQ || source == 0; /* 0: the device gave way meanwhile */
}

bool moat_board_interrupt(uintptr_t line) {
    switch (line) {
    case INTERRUPT_SOFTWARE:
        CLINT_MSIP = 0;
        software_handler();
        return true;
    case INTERRUPT_TIMER:
        bsp_timer_interrupt();
        return true;
    case INTERRUPT_EXTERNAL:
        return external();
    default:
        return false;
    }
}
