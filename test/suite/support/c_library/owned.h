/* A C library behind the guard. See owned.c.
 *
 * SPDX-License-Identifier: MIT */
#ifndef OWNED_H
#define OWNED_H

#include <stdint.h>

uintptr_t *owned_words(void);   /* in .data */
uintptr_t *owned_cleared(void); /* in .bss */

#endif
