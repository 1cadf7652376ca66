/* moat: the regions that every bare-metal board has, by the symbols of linker/sections.ld. A board's regions.c includes
 * this once, after its peripherals.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_REGIONS_H
#define MOAT_BSP_REGIONS_H

#include <moat_region.h>

extern const char moat_flash_start[], moat_flash_end[];
extern const char moat_malloc_start[], moat_malloc_end[];
extern const char moat_newlib_start[], moat_newlib_end[];
extern const char moat_data_start[], moat_bss_end[];

MOAT_REGION(flash, "flash", MOAT_REGION_FLASH, moat_flash_start, moat_flash_end);
MOAT_REGION(malloc, "malloc", MOAT_REGION_C_OWNED, moat_malloc_start, moat_malloc_end);
MOAT_REGION(newlib, "newlib", MOAT_REGION_C_OWNED, moat_newlib_start, moat_newlib_end);
MOAT_REGION(statics, ".data/.bss", MOAT_REGION_STATIC, moat_data_start, moat_bss_end);

/* MOAT_PERIPHERAL(id, address, bytes): a peripheral's registers, named as its identifier. */
#define MOAT_PERIPHERAL(id, address, bytes)                                                                            \
    MOAT_REGION(id, #id, MOAT_REGION_PERIPHERAL, (uintptr_t)(address), (uintptr_t)(address) + (bytes))

#endif
