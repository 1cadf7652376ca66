/* moat: start-up of a bare-metal board: what its assembly calls and what it supplies.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_START_H
#define MOAT_BSP_START_H

/* From the reset code, on the thread's stack, interrupts masked: fills RAM, brings the board up, runs main. */
_Noreturn void bsp_start(void);

/* The board's: exceptions report, the console writes, time runs. RAM is filled; interrupts stay masked. */
void bsp_board_init(void);

#endif
