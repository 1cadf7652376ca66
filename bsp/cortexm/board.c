/* moat: Cortex-M boards, start, end, the console's interrupt and the software interrupt.
 *
 * SPDX-License-Identifier: MIT */
#include "board.h"

#include "base/port.h"
#include "../../port/armv7m/exception.h"
#include "../bsp.h"
#include "../common/boot.h"
#include "../common/start.h"
#include "../common/uart.h"
#include "cortexm.h"

#if __ARM_ARCH == 7
#include "../../port/armv7m/mpu.h"
#endif

#define PRIORITY_INTERRUPTS 0x80808080u /* below the faults', so that a handler's fault keeps its own vector */

void BSP_HANDLER(BSP_UART_IRQ)(void);
void BSP_HANDLER(BSP_SOFTWARE_IRQ)(void);

/* Memory that stands in for flash is to behave as flash, and no stack is to grow into what lies below it. ARMv8-M has
 * stack limits (reset.S), ARMv6-M has neither here. */
static void protect(void) {
#if __ARM_ARCH == 7
    extern const char moat_flash_origin[], moat_flash_length[];
    extern const char moat_thread_guard_start[], moat_handler_guard_start[], moat_guard_bytes[];
    moat_port_mpu_region(0, (uintptr_t)moat_flash_origin, (uint32_t)moat_flash_length, MPU_RASR_READ_EXECUTE);
    moat_port_mpu_region(1, (uintptr_t)moat_thread_guard_start, (uint32_t)moat_guard_bytes, MPU_RASR_NO_ACCESS);
    moat_port_mpu_region(2, (uintptr_t)moat_handler_guard_start, (uint32_t)moat_guard_bytes, MPU_RASR_NO_ACCESS);
#ifdef BSP_NOTHING
    moat_port_mpu_region(3, BSP_NOTHING, 0x2000000, MPU_RASR_NO_ACCESS);
#endif
    moat_port_mpu_on();
#endif
}

void bsp_board_init(void) {
    moat_port_exception_init();
    protect();
    for (uint32_t lines = 0; lines < BSP_LINES; lines += 4) {
        NVIC_IPR[lines / 4] = PRIORITY_INTERRUPTS;
    }
    SCB_SHPR3 = PRIORITY_INTERRUPTS; /* SysTick's and PendSV's */
    bsp_uart_init();
    bsp_clock_init();
}

void bsp_init(void) {
    bsp_uart_listen(true);
    bsp_uart_interrupt_open(true);
    bsp_line(NVIC_ISER, BSP_SOFTWARE_IRQ);
    __asm__ volatile("cpsie i" : : : "memory"); /* whatever the port masks by */
}

_Noreturn void bsp_reset(void) {
    bsp_boot_reset_asked();
    __asm__ volatile("dsb" : : : "memory");
    for (;;) {
        SCB_AIRCR = SCB_AIRCR_RESET;
    }
}

/* ---- interrupts ---- */

void bsp_uart_interrupt_open(bool open) {
    bsp_line(open ? NVIC_ISER : NVIC_ICER, BSP_UART_IRQ);
}

void BSP_HANDLER(BSP_UART_IRQ)(void) {
    bsp_console_interrupt();
}

static void (*volatile software_handler)(void);

void BSP_HANDLER(BSP_SOFTWARE_IRQ)(void) {
    software_handler();
}

void bsp_interrupt(void (*handler)(void)) {
    software_handler = handler;
    bsp_line(NVIC_ISPR, BSP_SOFTWARE_IRQ);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}
