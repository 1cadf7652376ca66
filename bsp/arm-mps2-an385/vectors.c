/* moat: MPS2 / AN385, the vector table. A firmware takes an exception or interrupt by defining its handler; what
 * nobody takes is reported as a fault.
 *
 * SPDX-License-Identifier: MIT */
#include "../../port/armv7m/exception.h"
#include "mps2.h"

extern char moat_handler_stack_end[];
void moat_reset(void);

/* A tail jump: the report reads lr and the stack as the exception left them. */
__attribute__((naked)) static void unexpected(void) {
    __asm__ volatile("b moat_port_exception");
}

#define WEAK_HANDLER(name) void name(void) __attribute__((weak, alias("unexpected")))

WEAK_HANDLER(SVC_Handler);
WEAK_HANDLER(DebugMon_Handler);
WEAK_HANDLER(PendSV_Handler);
WEAK_HANDLER(SysTick_Handler);
WEAK_HANDLER(UARTRX0_Handler);
WEAK_HANDLER(UARTTX0_Handler);
WEAK_HANDLER(UARTRX1_Handler);
WEAK_HANDLER(UARTTX1_Handler);
WEAK_HANDLER(UARTRX2_Handler);
WEAK_HANDLER(UARTTX2_Handler);
WEAK_HANDLER(GPIO0_Handler);
WEAK_HANDLER(GPIO1_Handler);
WEAK_HANDLER(TIMER0_Handler);
WEAK_HANDLER(TIMER1_Handler);
WEAK_HANDLER(DUALTIMER_Handler);
WEAK_HANDLER(SPI_Handler);
WEAK_HANDLER(UARTOVF_Handler);
WEAK_HANDLER(ETHERNET_Handler);
WEAK_HANDLER(I2S_Handler);
WEAK_HANDLER(TSC_Handler);
WEAK_HANDLER(GPIO2_Handler);
WEAK_HANDLER(GPIO3_Handler);
WEAK_HANDLER(IRQ31_Handler);

struct vectors {
    void *stack;
    void (*exceptions[15])(void);
    void (*interrupts[MPS2_IRQS])(void);
};

extern const struct vectors moat_vectors;

__attribute__((section(".reset"), used)) const struct vectors moat_vectors = {
    .stack = moat_handler_stack_end,
    .exceptions = {moat_reset, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected,
                   unexpected, unexpected, SVC_Handler, DebugMon_Handler, unexpected, PendSV_Handler, SysTick_Handler},
    .interrupts = {UARTRX0_Handler,   UARTTX0_Handler, UARTRX1_Handler, UARTTX1_Handler,  UARTRX2_Handler,
                   UARTTX2_Handler,   GPIO0_Handler,   GPIO1_Handler,   TIMER0_Handler,   TIMER1_Handler,
                   DUALTIMER_Handler, SPI_Handler,     UARTOVF_Handler, ETHERNET_Handler, I2S_Handler,
                   TSC_Handler,       GPIO2_Handler,   GPIO3_Handler,   unexpected,       unexpected,
                   unexpected,        unexpected,      unexpected,      unexpected,       unexpected,
                   unexpected,        unexpected,      unexpected,      unexpected,       unexpected,
                   unexpected,        IRQ31_Handler},
};
