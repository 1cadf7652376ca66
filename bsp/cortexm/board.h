/* moat: Cortex-M boards, what their files share.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_BOARD_H
#define MOAT_BSP_BOARD_H

void bsp_clock_init(void); /* bsp_instructions counts; its interrupt comes when they are open */

#endif
