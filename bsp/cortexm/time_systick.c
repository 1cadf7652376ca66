/* moat: Cortex-M, time by SysTick alone, which every core has: it counts for bsp_instructions and interrupts for
 * bsp_timer_start.
 *
 * It counts down through 0, when it interrupts, and then begins again from its reload value. A period here begins with
 * the 0. All but the one that ends with the timer's interrupt are as long as can be.
 *
 * Under -icount shift=10 an instruction takes 1024 ns: 128/125000 of the clock's kHz in ticks.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "../bsp.h"
#include "board.h"
#include "cortexm.h"

#define PERIOD_MOST (1u << 24)
#define PERIOD_LEAST 2u

#define TICKS (128ull * BSP_CLOCK_KHZ) /* in */
#define INSTRUCTIONS 125000ull

/* How many are one of the other, times 2^32: there is no division, since the time that one takes depends on its
 * numbers, and would count. */
#define TICKS_EACH ((TICKS << 32) / INSTRUCTIONS)
#define INSTRUCTIONS_EACH ((INSTRUCTIONS << 32) / TICKS)

#define MARGIN (64 * BSP_CLOCK_KHZ / 1000) /* more ticks than period_begin takes */

void SysTick_Handler(void);

static uint64_t passed; /* ticks before the period */
static uint32_t period; /* its ticks */
static bool end_noted;  /* of the period before, whose interrupt is still to come */

static uint64_t timer_due, timer_ticks;
static void (*timer_handler)(void);
static bool timer_armed, timer_periodic;

void bsp_clock_init(void) {
    period = PERIOD_MOST;
    SYST_RVR = PERIOD_MOST - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_ON;
}

/* ---- the count; interrupts masked ---- */

static uint32_t position(uint32_t value) {
    return value == 0 ? 0 : period - value;
}

static void note_end(void) {
    if (!end_noted) {
        passed += period;
        period = PERIOD_MOST;
        end_noted = true;
    }
}

static uint64_t now(void) {
    uint32_t value = SYST_CVR;
    if (SCB_ICSR & SCB_ICSR_PENDSTSET) { /* the value may be from either side of the end */
        note_end();
        value = SYST_CVR;
    }
    return passed + position(value);
}

static uint64_t ticks_now(void) {
    moat_port_mask_t mask = moat_port_mask();
    uint64_t ticks = now();
    moat_port_unmask(mask);
    return ticks;
}

uint32_t bsp_instructions(void) {
    return (uint32_t)((ticks_now() * INSTRUCTIONS_EACH + (1u << 31)) >> 32); /* right modulo 2^32 */
}

uint32_t bsp_instructions_hz(void) {
    return 0;
}

uint32_t bsp_milliseconds(void) {
    return (uint32_t)(ticks_now() / BSP_CLOCK_KHZ);
}

/* ---- the timer; interrupts masked ---- */

/* Begins a period of `ticks` at once. Reading the old one and ending it are one instruction apart. */
static void period_begin(uint32_t ticks) {
    while (SYST_CVR != 0 && SYST_CVR < MARGIN) {
    }
    if (SCB_ICSR & SCB_ICSR_PENDSTSET) {
        note_end();
        SCB_ICSR = SCB_ICSR_PENDSTCLR;
    }
    end_noted = false;
    SYST_RVR = ticks - 1;
    uint32_t value;
    __asm__ volatile("ldr %0, [%1]\n\tstr %2, [%1]" : "=&l"(value) : "l"(&SYST_CVR), "l"(0) : "memory");
    SYST_RVR = PERIOD_MOST - 1; /* the value of the next one: this one's was taken a tick after the store */
    passed += position(value) + TICKS / INSTRUCTIONS;
    period = ticks;
}

/* Has the interrupt come when the timer is due, or earlier: then it is for arming again. */
static void arm(void) {
    uint64_t at = now();
    uint64_t left = timer_due > at ? timer_due - at : 0;
    if (left <= PERIOD_MOST - MARGIN) {
        period_begin(left > PERIOD_LEAST ? (uint32_t)left : PERIOD_LEAST);
    }
}

void bsp_timer_stop(void) {
    moat_port_mask_t mask = moat_port_mask();
    timer_armed = false;
    moat_port_unmask(mask);
}

/* Due in the middle of an instruction: the tick before and the tick after are of the same one. */
void bsp_timer_start(uint32_t instructions, bool periodic, void (*handler)(void)) {
    moat_port_mask_t mask = moat_port_mask();
    timer_handler = handler;
    timer_periodic = periodic;
    timer_ticks = instructions * TICKS_EACH >> 32;
    timer_armed = true;
    timer_due = now() + ((instructions * TICKS_EACH - TICKS_EACH / 2) >> 32);
    arm();
    moat_port_unmask(mask);
}

/* The periods that were missed are left out. */
void SysTick_Handler(void) {
    moat_port_mask_t mask = moat_port_mask();
    note_end();
    end_noted = false;
    uint64_t at = now();
    bool due = timer_armed && at >= timer_due;
    if (due && timer_periodic) {
        do {
            timer_due += timer_ticks;
        } while (timer_due <= at);
    }
    timer_armed = timer_armed && !(due && !timer_periodic);
    if (timer_armed) {
        arm();
    }
    moat_port_unmask(mask);
    if (due) {
        timer_handler();
    }
}
