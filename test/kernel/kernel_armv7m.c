/* moat: the tests' kernel on ARMv7-M. See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "base/port.h"

#define SCB_ICSR (*(volatile uint32_t *)0xe000ed04u)
#define SCB_ICSR_PENDSVSET 0x10000000u
#define SCB_SHPR3 (*(volatile uint32_t *)0xe000ed20u)
#define SHPR3_PENDSV_LOWEST 0x00ff0000u

#define EXC_RETURN_THREAD_PSP 0xfffffffdu
#define XPSR_THUMB 0x01000000u

/* r4 to r11 and EXC_RETURN, as PendSV_Handler pushes them; r0 to r3, r12, lr, pc, xPSR, as the CPU does. */
#define PUSHED 9
#define FRAME 8
#define FRAME_R0 0
#define FRAME_PC 6
#define FRAME_XPSR 7

uintptr_t kernel_cpu_lay_out(uintptr_t *top, void (*begin)(void *argument), void *argument) {
    uintptr_t *frame = top - FRAME, *pushed = frame - PUSHED;
    frame[FRAME_R0] = (uintptr_t)argument;
    frame[FRAME_PC] = (uintptr_t)begin & ~(uintptr_t)1;
    frame[FRAME_XPSR] = XPSR_THUMB;
    pushed[PUSHED - 1] = EXC_RETURN_THREAD_PSP;
    return (uintptr_t)pushed;
}

void kernel_cpu_preempt(void) {
    SCB_SHPR3 |= SHPR3_PENDSV_LOWEST;
    SCB_ICSR = SCB_ICSR_PENDSVSET;
}

void kernel_cpu_switch(void) {
    kernel_cpu_preempt();
    __asm__ volatile("dsb\n\tcpsie i\n\tisb\n\tcpsid i" : : : "memory");
}
