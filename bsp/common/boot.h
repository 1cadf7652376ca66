/* moat: the count of boots, in retained RAM, and what this one began with.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOOT_H
#define MOAT_BSP_BOOT_H

/* Counts this boot: once, at start-up, when time runs. */
void bsp_boot_counted(void);

/* The board is about to reset itself. */
void bsp_boot_reset_asked(void);

#endif
