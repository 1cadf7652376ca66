/* Stores to what is no slot: see test/guard/cases.h for what a row is.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/cases.h"

/* A word as a slot, whatever its type names. */
static struct node **pointer_at(void *word) {
    return word;
}

#define GUARD_ROWS "guard/rows_slots.h"
#include "guard/program.h"
