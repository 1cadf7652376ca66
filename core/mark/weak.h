/* moat: weak references. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MARK_WEAK_H
#define MOAT_MARK_WEAK_H

#include "moat_weak.h"

#include <stdbool.h>

/* All weak references are in a list, linked through themselves, which keeps none of them. */
struct moat_weak_refs {
    uintptr_t first; /* 0: there is none */
    uintptr_t *at;   /* stage WEAK: the link that the walk stands at */
};

extern struct moat_weak_refs moat_weak_refs;

/* Enters a new one. Context: any. */
void moat_weak_enter(struct moat_weak *weak, const void *object);

/* Interrupts masked, nothing grey, all stacks scanned: what is white is dead. Begins the walk; false: there is nothing
 * to walk over. */
bool moat_weak_begin(void);

/* Interrupts masked, stage WEAK. Clears one weak reference whose object is dead, and drops one that is itself; false:
 * the walk is over. */
bool moat_weak_step(void);

#endif
