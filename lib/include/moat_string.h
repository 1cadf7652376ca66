/* moat: texts in the heap: raw bytes that end in a zero, never scanned. The helpers of lib/ are built into core's
 * archive, so only firmware that calls one links it, and use moat.h only. docs/helpers.md lists them.
 *
 * All return NULL where moat_new_bytes does, or if what they are given is NULL.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_STRING_H
#define MOAT_STRING_H

#include <moat.h>

#include <stdarg.h>
#include <stddef.h>

MOAT_C_BEGIN_

/* A copy of a text. Context: any. Cost: two passes over it, and moat_new_bytes. */
char *moat_strdup(const char *text);

/* A copy of a text's first `most` characters, or of all if it has fewer; at most so many are read. Context, cost: as
 * moat_strdup's. */
char *moat_strndup(const char *text, size_t most);

/* A text that the C library's vsnprintf makes. Context: thread, and whatever else vsnprintf asks for. NULL, too, where
 * vsnprintf fails. Cost: two calls of vsnprintf, and moat_new_bytes. */
__attribute__((format(printf, 1, 2))) char *moat_sprintf(const char *format, ...);

/* The same with the arguments as a list, which is used up. */
__attribute__((format(printf, 1, 0))) char *moat_vsprintf(const char *format, va_list arguments);

MOAT_C_END_

#endif
