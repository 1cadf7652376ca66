/* SPDX-License-Identifier: MIT */
#ifndef TEST_BARRIERS_H
#define TEST_BARRIERS_H

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    int value;
};
#ifdef DECLARED_ONLY
MOAT_TYPE_DECLARE(node_type, struct node);
#else
MOAT_TYPE(node_type, struct node, next);
#endif

extern MOAT_ROOT(struct node) list;

void store(struct node *node, struct node *value);
void store_root(struct node *value);
void init(struct node *node, struct node *value);
void clear(struct node *node);
void swap(struct node *node, struct node *other);
bool cas(struct node *node, struct node *expected, struct node *desired);
void atomic_store(struct node *node, struct node *value);
struct node *exchange(struct node *node, struct node *value);
void move(struct node *to, const struct node *from);
void move_part(struct node *to, const struct node *from, size_t bytes);
void move_array(struct node *to, const struct node *from, size_t count);
void zero(struct node *node);

#endif
