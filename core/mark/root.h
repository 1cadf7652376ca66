/* moat: roots. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ROOT_INTERNAL_H
#define MOAT_ROOT_INTERNAL_H

#include "moat_heap.h"

/* Interrupts masked. Begins the scan of the next root range of this cycle, in the order: the root section, typed roots,
 * roots added at run time, pins, handles. False: all have begun. Cost: constant. */
bool moat_root_next(void);

/* One past the last byte of a root. */
uintptr_t moat_root_end(const struct moat_root *root);

/* Whether [start, end) overlaps a root section or a root added at run time. Cost: a search of those. */
bool moat_root_overlaps(uintptr_t start, uintptr_t end);

#endif
