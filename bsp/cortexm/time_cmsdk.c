/* moat: time by two timers of Arm's Cortex-M System Design Kit, as on MPS2. Timer 1 counts for bsp_instructions, timer
 * 0 interrupts for bsp_timer_start.
 *
 * Under -icount shift=10 an instruction takes 1024 ns, and the timers count 25 MHz: 25.6 ticks each, 128 for five.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "../bsp.h"
#include "board.h"
#include "cortexm.h"

struct timer {
    volatile uint32_t ctrl, value, reload, interrupt; /* interrupt: write 1 to clear */
};

#define TIMER0 ((struct timer *)0x40000000u)
#define TIMER1 ((struct timer *)0x40001000u)
#define TIMER0_IRQ 8
#define TIMER1_IRQ 9

#define ENABLE 1u
#define INTERRUPT 8u

#define TICKS 128u /* in */
#define INSTRUCTIONS 5u

void BSP_HANDLER(TIMER0_IRQ)(void);
void BSP_HANDLER(TIMER1_IRQ)(void);

/* ---- the count ---- */

static volatile uint32_t wraps;

void bsp_clock_init(void) {
    TIMER1->ctrl = 0;
    TIMER1->interrupt = 1;
    TIMER1->reload = UINT32_MAX;
    TIMER1->value = UINT32_MAX;
    TIMER1->ctrl = ENABLE | INTERRUPT;
    bsp_line(NVIC_ISER, TIMER1_IRQ);
}

void BSP_HANDLER(TIMER1_IRQ)(void) {
    TIMER1->interrupt = 1;
    wraps++;
}

static uint64_t ticks_now(void) {
    moat_port_mask_t mask = moat_port_mask();
    uint32_t high = wraps;
    uint32_t low = UINT32_MAX - TIMER1->value;
    if (TIMER1->interrupt != 0) { /* wrapped, and the handler has not run: the value may be from either side */
        high++;
        low = UINT32_MAX - TIMER1->value;
    }
    moat_port_unmask(mask);
    return (uint64_t)high << 32 | low;
}

uint32_t bsp_instructions(void) {
    return (uint32_t)((ticks_now() * INSTRUCTIONS + TICKS / 2) / TICKS);
}

uint32_t bsp_instructions_hz(void) {
    return 0;
}

uint32_t bsp_milliseconds(void) {
    return (uint32_t)(ticks_now() / BSP_CLOCK_KHZ);
}

/* ---- the timer ---- */

static void (*volatile timer_handler)(void);
static volatile bool timer_periodic;

void bsp_timer_stop(void) {
    TIMER0->ctrl = 0;
    TIMER0->interrupt = 1;
    bsp_line(NVIC_ICPR, TIMER0_IRQ);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

void bsp_timer_start(uint32_t instructions, bool periodic, void (*handler)(void)) {
    bsp_timer_stop();
    uint32_t ticks = (uint32_t)((uint64_t)instructions * TICKS / INSTRUCTIONS);
    timer_handler = handler;
    timer_periodic = periodic;
    TIMER0->reload = ticks - 1; /* the timer counts through 0 */
    TIMER0->value = ticks;
    bsp_line(NVIC_ISER, TIMER0_IRQ);
    TIMER0->ctrl = ENABLE | INTERRUPT;
}

void BSP_HANDLER(TIMER0_IRQ)(void) {
    if (!timer_periodic) {
        TIMER0->ctrl = 0;
    }
    TIMER0->interrupt = 1;
    timer_handler();
}
