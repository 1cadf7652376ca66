/* moat: the count of boots, in retained RAM, and what this one began with.
 *
 * SPDX-License-Identifier: MIT */
#include "boot.h"

#include "base/port.h"
#include "../../port/port_board.h"
#include "../bsp.h"

#include <moat_fault.h>

#define ASKED 0x6b736121u

/* RAM holds anything at power-up: the complement tells a count from noise. Volatile: nothing in this run reads what is
 * written before a reset, and with -flto a compiler leaves it out. */
static __attribute__((section(".noinit.moat_bsp_boot"))) volatile struct {
    uint32_t count;
    uint32_t complement;
    uint32_t asked; /* ASKED: bsp_reset was called */
} boot;

static enum moat_reset_cause cause;
static uint32_t started;

void bsp_boot_counted(void) {
    if (boot.count != ~boot.complement) {
        boot.count = 0;
    }
    boot.count++;
    boot.complement = ~boot.count;
    cause = boot.count == 1 ? MOAT_RESET_POWER : boot.asked == ASKED ? MOAT_RESET_SOFTWARE : MOAT_RESET_UNKNOWN;
    boot.asked = 0;
    started = bsp_milliseconds();
}

void bsp_boot_reset_asked(void) {
    boot.asked = ASKED;
    /* The next boot reads retained RAM: where all is optimised at link time, no write to it may be left out. */
    __asm__ volatile("" : : : "memory");
}

uint32_t bsp_boot_count(void) {
    return boot.count;
}

void moat_board_boot(struct moat_port_boot *out) {
    out->boots = boot.count;
    out->reset_cause = cause;
    out->uptime = bsp_milliseconds() - started;
    out->clock_hz = bsp_instructions_hz();
}
