/* moat: the count of boots, in retained RAM, and what this one began with.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOOT_H
#define MOAT_BSP_BOOT_H

/* Counts this boot: once, at start-up, when time runs. */
void bsp_boot_counted(void);

/* The board is about to reset itself: bsp_reset calls this first. All that was written to retained RAM before is there
 * at the next boot, whatever a compiler knows of who reads it. */
void bsp_boot_reset_asked(void);

#endif
