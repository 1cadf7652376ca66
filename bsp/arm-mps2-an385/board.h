/* moat: MPS2 / AN385, what its files share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOARD_H
#define MOAT_BSP_BOARD_H

void bsp_console_init(void); /* polled output works */
void bsp_console_open(void); /* input arrives */
void bsp_clock_init(void);   /* bsp_instructions counts; its interrupt comes when they are open */

#endif
