/* moat: MOAT_MOVE_PART as plain C, for the guard's rows: a copy of bytes, which the plugin checks, and refuses at run
 * time where it goes over slots.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_PLAIN_PARTS_H
#define TEST_PLAIN_PARTS_H

#include <string.h>

/* How many of the rows have no like in plain C (BY_MACRO). */
#define PLAIN_LEFT_OUT 3

#undef MOAT_MOVE_PART
#define MOAT_MOVE_PART(type, to, from, offset, bytes)                                                                  \
    moat_returned_((memmove((char *)(to) + (offset), (const char *)(from) + (offset), (bytes)), MOAT_OK))

#endif
