/* moat: making an arena. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ARENA_H
#define MOAT_ARENA_H

#include <stdint.h>

/* The least bytes that an arena may have. */
#define MOAT_ARENA_BYTES_MIN 256u

/* Makes [start, start + bytes) an arena, as moat_arena_add, which checks it first. */
void moat_arena_open(uintptr_t start, uintptr_t bytes);

#endif
