/* moat: roots. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ROOT_INTERNAL_H
#define MOAT_ROOT_INTERNAL_H

#include "moat_heap.h"

/* Interrupts masked. Begins the scan of the next root range of this cycle, in the order: the root section, typed roots,
 * roots added at run time, pins, handles. False: all have begun. Cost: constant. */
bool moat_root_next(void);

/* Interrupts masked. Begins the scan of the step-th root range, counted from 0, behind the root section. False: there
 * are no more. Linked where there are typed roots, pins, handles, or roots are added at run time. */
bool moat_root_more(uint32_t step);

/* The bytes of one of its elements. */
static inline uintptr_t moat_root_element(const struct moat_root *root) {
    return root->type == NULL ? MOAT_WORD_BYTES : root->type->size;
}

/* One past the last byte of a root. */
static inline uintptr_t moat_root_end(const struct moat_root *root) {
    return (uintptr_t)root->start + root->count * moat_root_element(root);
}

/* Whether [start, end) overlaps a root section or a root added at run time. Cost: a search of those. */
bool moat_root_overlaps(uintptr_t start, uintptr_t end);

#endif
