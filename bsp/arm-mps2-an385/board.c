/* moat: MPS2 / AN385, start, end, and the software interrupt.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include "base/port.h"
#include "../../port/armv7m/exception.h"
#include "../../port/armv7m/mpu.h"
#include "../bsp.h"
#include "../common/boot.h"
#include "../common/semihosting.h"
#include "../common/start.h"
#include "mps2.h"

#define PRIORITY_INTERRUPTS 0x80 /* below the faults', so that a handler's fault keeps its own vector */

#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

void IRQ31_Handler(void);

extern const char moat_thread_guard_start[], moat_handler_guard_start[];

/* The RAM at 0 is to behave as the flash it stands in for, and no stack is to grow into what lies below it. */
static void protect(void) {
    moat_port_mpu_region(0, MPS2_FLASH, MPS2_FLASH_BYTES, MPU_RASR_READ_EXECUTE);
    moat_port_mpu_region(1, (uintptr_t)moat_thread_guard_start, MPS2_STACK_GUARD_BYTES, MPU_RASR_NO_ACCESS);
    moat_port_mpu_region(2, (uintptr_t)moat_handler_guard_start, MPS2_STACK_GUARD_BYTES, MPU_RASR_NO_ACCESS);
    moat_port_mpu_on();
}

void bsp_board_init(void) {
    moat_port_exception_init();
    protect();
    for (uint32_t line = 0; line < MPS2_IRQS; line++) {
        NVIC_IPR[line] = PRIORITY_INTERRUPTS;
    }
    bsp_console_init();
    bsp_clock_init();
}

void bsp_init(void) {
    bsp_console_open();
    NVIC_ISER = 1u << MPS2_IRQ_SOFTWARE;
    moat_port_unmask(0);
}

_Noreturn void bsp_exit(int status) {
    uintptr_t parameters[] = {ADP_STOPPED_APPLICATION_EXIT, (uintptr_t)status};
    for (;;) {
        bsp_semihosting(SEMIHOSTING_EXIT_EXTENDED, parameters);
    }
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    __asm__ volatile("dsb" : : : "memory");
    for (;;) {
        SCB_AIRCR = SCB_AIRCR_RESET;
    }
}

/* ---- software interrupt ---- */

static void (*volatile software_handler)(void);

void IRQ31_Handler(void) {
    software_handler();
}

void bsp_interrupt(void (*handler)(void)) {
    software_handler = handler;
    NVIC_ISPR = 1u << MPS2_IRQ_SOFTWARE;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}
