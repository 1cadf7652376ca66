/* moat: making an arena. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ARENA_H
#define MOAT_ARENA_H

#include "base/refusal.h"
#include "moat_heap.h"

/* The least bytes that an arena may have. */
#define MOAT_ARENA_BYTES_MIN 256u

/* Makes [start, start + bytes) an arena, as moat_arena_add, which checks it first. */
void moat_arena_open(uintptr_t start, uintptr_t bytes);

/* Whether moat_arena_add would make an arena there: MOAT_OK, or the call is refused. */
int moat_arena_check(enum moat_refused call, uintptr_t start, uintptr_t bytes);

/* Masked. Makes an arena one behind those that are there: in the table, and in the border that the barrier macros test;
 * the search may come there. Linked where arenas are added. */
void moat_arena_join(struct moat_arena *arena);

#endif
