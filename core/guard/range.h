/* moat: the slots in a range of memory. Internal to the guard.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GUARD_RANGE_H
#define MOAT_GUARD_RANGE_H

#include "mark/mark.h"
#include "moat.h"

struct moat_guard_range {
    struct moat_scan scan;
    uintptr_t start, end;
    const void *value; /* what moat_guard_range_next_kept_in found in the slot: a handler may store to it meanwhile */
};

/* The holder of slots: an object, or a root. */
struct moat_guard_holder {
    const struct moat_type *type; /* NULL: all of it is slots */
    uintptr_t start, end;
    bool array;
};

/* The object or root that p points into. False: none, or one without slots. Cost: a search of the roots. */
bool moat_guard_holder_of(const void *p, struct moat_guard_holder *out);

/* Prepares to look at the slots that lie wholly in [start, end) of a holder. */
void moat_guard_range_begin(struct moat_guard_range *range, const struct moat_guard_holder *holder, uintptr_t start,
                            uintptr_t end);

/* The next slot, or NULL. Runs are walked, not expanded. Cost: what lies before the range costs a step for each of its
 * pieces. */
moat_slot *moat_guard_range_next(struct moat_guard_range *range);

/* The next slot whose value, then in range->value, C may not hold; *object then describes what it points into. */
moat_slot *moat_guard_range_next_kept_in(struct moat_guard_range *range, struct moat_object *object);

#endif
