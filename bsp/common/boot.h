/* moat: the count of boots, in retained RAM.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOOT_H
#define MOAT_BSP_BOOT_H

/* Counts this boot: once, at start-up. */
void bsp_boot_counted(void);

#endif
