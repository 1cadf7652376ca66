/* A function for each barrier macro. test/build/check0.py compares its code at CHECK0 with by_hand.c's.
 *
 * SPDX-License-Identifier: MIT */
#include "barriers.h"

void store(struct node *node, struct node *value) {
    MOAT_STORE(node->next, value);
}

void store_root(struct node *value) {
    MOAT_STORE(list, value);
}

void init(struct node *node, struct node *value) {
    MOAT_INIT(node->next, value);
}

void clear(struct node *node) {
    MOAT_CLEAR(node->next);
}

void swap(struct node *node, struct node *other) {
    MOAT_SWAP(node->next, other->next);
}

bool cas(struct node *node, struct node *expected, struct node *desired) {
    return MOAT_CAS(node->next, expected, desired);
}

void atomic_store(struct node *node, struct node *value) {
    MOAT_ATOMIC_STORE(node->next, value);
}

struct node *exchange(struct node *node, struct node *value) {
    return MOAT_EXCHANGE(node->next, value);
}

void move(struct node *to, const struct node *from) {
    MOAT_MOVE(node_type, to, from);
}

void move_part(struct node *to, const struct node *from, size_t bytes) {
    MOAT_MOVE_PART(node_type, to, from, 0, bytes);
}

void move_array(struct node *to, const struct node *from, size_t count) {
    MOAT_MOVE_ARRAY(node_type, to, from, count);
}

void zero(struct node *node) {
    MOAT_ZERO(node_type, node);
}
