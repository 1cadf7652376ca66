/* moat: the walker's parts. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CHECK_H
#define MOAT_CHECK_H

#include "moat.h"

/* Notes the first violation. Returns false, always, for `return moat_check_fail(...)`. */
bool moat_check_fail(struct moat_heap_error *error, unsigned invariant, uintptr_t where, const char *what);

/* The bitmaps, headers and holes of one arena (INV-1 to INV-5, INV-7, INV-12); adds what it finds to the sums. */
struct moat_check_sums {
    uint32_t free;         /* granules */
    uint32_t holes;        /* objects that are holes */
    uint32_t listed_holes; /* those in lists */
    uint32_t listed;       /* their granules */
};
bool moat_check_arena(struct moat_arena *arena, struct moat_check_sums *sums, struct moat_heap_error *error);

#endif
