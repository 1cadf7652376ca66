/* The barrier macros' code when nothing is checked, written by hand.
 *
 * SPDX-License-Identifier: MIT */
#include "barriers.h"

static moat_slot *slot_of(struct node *node) {
    return (moat_slot *)(void *)&node->next;
}

void store(struct node *node, struct node *value) {
    if (moat_heap.marking) {
        moat_barrier_(*slot_of(node), value);
    }
    *slot_of(node) = value;
}

void store_root(struct node *value) {
    moat_slot *slot = (moat_slot *)(void *)&list;
    if (moat_heap.marking) {
        moat_barrier_(*slot, value);
    }
    *slot = value;
}

void init(struct node *node, struct node *value) {
    if (moat_heap.marking) {
        moat_barrier_(NULL, value);
    }
    *slot_of(node) = value;
}

void clear(struct node *node) {
    if (moat_heap.marking) {
        moat_barrier_(*slot_of(node), NULL);
    }
    *slot_of(node) = NULL;
}

void swap(struct node *node, struct node *other) {
    moat_swap_(slot_of(node), slot_of(other));
}

bool cas(struct node *node, struct node *expected, struct node *desired) {
    return moat_cas_(slot_of(node), expected, desired);
}

void atomic_store(struct node *node, struct node *value) {
    (void)moat_exchange_(slot_of(node), value);
}

struct node *exchange(struct node *node, struct node *value) {
    return moat_exchange_(slot_of(node), value);
}

void move(struct node *to, const struct node *from) {
    moat_move_part(&node_type, to, from, 0, node_type.size);
}

void move_part(struct node *to, const struct node *from, size_t bytes) {
    moat_move_part(&node_type, to, from, 0, bytes);
}

void move_array(struct node *to, const struct node *from, size_t count) {
    moat_move_array(&node_type, to, from, count);
}

void zero(struct node *node) {
    moat_zero(&node_type, node);
}
