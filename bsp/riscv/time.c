/* moat: RISC-V boards, time: minstret for bsp_instructions, mtimecmp for bsp_timer_start.
 *
 * Under -icount shift=10 QEMU's minstret counts 1024 for each instruction, which takes 1024 ns; mtime counts
 * 10 MHz: 10.24 ticks an instruction, 256 for 25.
 *
 * SPDX-License-Identifier: MIT */
#include "../bsp.h"
#include "board.h"
#include "riscv.h"

#define ICOUNT_SHIFT 10

#define TICKS 256u /* in */
#define INSTRUCTIONS 25u
#define MTIME_HZ 10000000u

#if __riscv_xlen == 64
static uint64_t retired(void) {
    uint64_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count));
    return count;
}
#else
static uint32_t retired_high(void) {
    uint32_t high;
    __asm__ volatile("csrr %0, minstreth" : "=r"(high));
    return high;
}

static uint64_t retired(void) {
    uint32_t low, high;
    do {
        high = retired_high();
        __asm__ volatile("csrr %0, minstret" : "=r"(low));
    } while (retired_high() != high);
    return (uint64_t)high << 32 | low;
}
#endif

uint32_t bsp_instructions(void) {
    return (uint32_t)(retired() >> ICOUNT_SHIFT);
}

uint32_t bsp_instructions_hz(void) {
    return 0;
}

/* ---- the timer ---- */

static void (*volatile timer_handler)(void);
static volatile bool timer_periodic;
static uint32_t timer_instructions;
static uint64_t timer_started; /* mtime */
static uint64_t timer_elapsed; /* instructions from there to the next interrupt */

static uint64_t now(void) {
    uint32_t low, high;
    do {
        high = CLINT_MTIME[1];
        low = CLINT_MTIME[0];
    } while (CLINT_MTIME[1] != high);
    return (uint64_t)high << 32 | low;
}

uint32_t bsp_milliseconds(void) {
    return (uint32_t)(now() / (MTIME_HZ / 1000));
}

/* mtime from the start to the next interrupt: the middle of an instruction's time, since mtime is read and the
 * interrupt raised up to a tick late. */
static uint64_t next_ticks(void) {
    timer_elapsed += timer_instructions;
    return (timer_elapsed * TICKS - TICKS / 2) / INSTRUCTIONS;
}

/* Far away first, so that no half-written value is due. */
static void due_set(uint64_t due) {
    CLINT_MTIMECMP[1] = UINT32_MAX;
    CLINT_MTIMECMP[0] = (uint32_t)due;
    CLINT_MTIMECMP[1] = (uint32_t)(due >> 32);
}

void bsp_timer_stop(void) {
    bsp_interrupt_disable(INTERRUPT_TIMER);
}

void bsp_timer_start(uint32_t instructions, bool periodic, void (*handler)(void)) {
    bsp_timer_stop();
    timer_handler = handler;
    timer_periodic = periodic;
    timer_instructions = instructions;
    timer_elapsed = 0;
    uint64_t ticks = next_ticks(); /* a division, before time is taken */
    timer_started = now();
    due_set(timer_started + ticks);
    bsp_interrupt_enable(INTERRUPT_TIMER);
}

void bsp_timer_interrupt(void) {
    if (timer_periodic) {
        due_set(timer_started + next_ticks());
    } else {
        bsp_timer_stop();
    }
    timer_handler();
}
