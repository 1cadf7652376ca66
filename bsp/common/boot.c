/* moat: the count of boots, in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#include "boot.h"

#include "../bsp.h"

/* RAM holds anything at power-up: the complement tells a count from noise. */
static __attribute__((section(".noinit.moat_bsp_boot"))) struct {
    uint32_t count;
    uint32_t complement;
} boot;

void bsp_boot_counted(void) {
    if (boot.count != ~boot.complement) {
        boot.count = 0;
    }
    boot.count++;
    boot.complement = ~boot.count;
}

uint32_t bsp_boot_count(void) { return boot.count; }
