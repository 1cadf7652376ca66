/* Two types whose objects a suite counts: one with a slot, one without.
 *
 * SPDX-License-Identifier: MIT */
#ifndef COUNTED_H
#define COUNTED_H

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

struct leaf {
    uintptr_t words[3];
};
MOAT_TYPE(leaf_type, struct leaf);

#endif
