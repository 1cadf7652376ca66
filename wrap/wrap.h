/* moat: the C library's copies behind the guard, by the linker's --wrap: see docs/guard.md. Firmware that wants it
 * compiles the files of wrap/ and links with @linker/moat_wrap.opts.
 *
 * Each function checks what it is about to do, then calls the library's. With MOAT_CONFIG_CHECK below 2 it only calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_WRAP_H
#define MOAT_WRAP_H

#include "guard/guard.h"

#include <stddef.h>

/* For the function that stands for the library's: the trap names its caller. from  NULL for a clear */
#define WRAP_CHECK(to, from, bytes)                                                                                    \
    (MOAT_CONFIG_CHECK >= 2 ? moat_guard_check_bytes((to), (from), (bytes), MOAT_CALLER()) : (void)0)

/* The library's. */
void *__real_memcpy(void *to, const void *from, size_t bytes);
void *__real_memmove(void *to, const void *from, size_t bytes);
void *__real_memset(void *at, int value, size_t bytes);

#endif
