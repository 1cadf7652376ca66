/* moat: what moat prints, for a test to read. For programs linked with --wrap=moat_port_write: the text goes to the
 * console as well.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_CONSOLE_H
#define TEST_CONSOLE_H

#include <stdbool.h>

/* Forgets what was printed. */
void console_begin(void);

/* The text printed since, in an earlier boot too, cut to CONSOLE_BYTES - 1. */
#define CONSOLE_BYTES 240
const char *console_text(void);

/* Whether `part` was printed since. */
bool console_has(const char *part);

#endif
