/* moat: slots that point at what does not survive. Internal to core; interrupts are masked.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_STRAY_H
#define MOAT_STRAY_H

#include "moat_heap.h"

struct moat_stray {
    const moat_slot *slot;
    uintptr_t holder;             /* start of the object that the slot is in; 0: it is in a root */
    const struct moat_type *type; /* of the holder; NULL: a root */
    bool freed;                   /* it points at free memory or a hole; else at an object that the sweep will free */
};

/* The first slot, of the objects that survive this cycle and of the roots, that points at free memory or, while
 * sweeping, at a white object that the sweep has still to come to. False: there is none. Cost: the whole heap. */
bool moat_stray_find(struct moat_stray *out);

#endif
