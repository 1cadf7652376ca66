/* The functions and symbols that main.c asks of a board.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BOARD_H
#define BOARD_H

/* The stack that main runs on: its lowest byte, and one past its highest. */
extern char board_stack_low[], board_stack_high[];

void board_print(const char *text);

#endif
