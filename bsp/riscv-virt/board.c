/* moat: RISC-V virt, start, end, and the ways that interrupts take.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include "base/port.h"
#include "../../port/port_board.h"
#include "../../port/riscv/pmp.h"
#include "../bsp.h"
#include "../common/boot.h"
#include "../common/start.h"
#include "virt.h"

extern const char moat_thread_guard_start[], moat_handler_guard_start[];

/* The DRAM at its lowest addresses is to behave as the flash it stands in for, and no stack is to grow into what lies
 * below it. */
static void protect(void) {
    moat_port_pmp_set(0, PMP_READ_EXECUTE, VIRT_FLASH, VIRT_FLASH_BYTES);
    moat_port_pmp_set(1, PMP_NO_ACCESS, (uintptr_t)moat_thread_guard_start, VIRT_STACK_GUARD_BYTES);
    moat_port_pmp_set(2, PMP_NO_ACCESS, (uintptr_t)moat_handler_guard_start, VIRT_STACK_GUARD_BYTES);
}

void bsp_board_init(void) {
    protect();
    bsp_console_init();
}

void bsp_init(void) {
    bsp_console_open();
    PLIC_PRIORITY[PLIC_UART0] = 1;
    PLIC_ENABLE[0] = 1u << PLIC_UART0;
    PLIC_THRESHOLD = 0;
    bsp_interrupt_enable(INTERRUPT_EXTERNAL);
    bsp_interrupt_enable(INTERRUPT_SOFTWARE);
    moat_port_unmask(MOAT_PORT_MSTATUS_MIE);
}

_Noreturn void bsp_exit(int status) {
    for (;;) {
        TEST_FINISH = status == 0 ? TEST_FINISH_PASS : (uint32_t)status << 16 | TEST_FINISH_FAIL;
    }
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    for (;;) {
        TEST_FINISH = TEST_FINISH_RESET;
    }
}

/* ---- interrupts ---- */

static void (*volatile software_handler)(void);

void bsp_interrupt(void (*handler)(void)) {
    software_handler = handler;
    CLINT_MSIP = 1;
    __asm__ volatile("fence" : : : "memory");
}

static bool external(void) {
    uint32_t source = PLIC_CLAIM;
    if (source == PLIC_UART0) {
        bsp_console_interrupt();
    }
    PLIC_CLAIM = source;
    return source == PLIC_UART0 || source == 0; /* 0: the device gave way meanwhile */
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
