/* moat: semihosting: requests to the debugger or emulator that a firmware runs under. Exit status, arguments, files.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_SEMIHOSTING_H
#define MOAT_BSP_SEMIHOSTING_H

#include <stdint.h>

#define SEMIHOSTING_OPEN 0x01
#define SEMIHOSTING_CLOSE 0x02
#define SEMIHOSTING_READ 0x06
#define SEMIHOSTING_GET_CMDLINE 0x15
#define SEMIHOSTING_EXIT_EXTENDED 0x20

/* The CPU's: one request with its block of parameters. Without a debugger it raises an exception. */
intptr_t bsp_semihosting(uintptr_t request, const void *parameters);

#endif
