/* Nodes for the concurrency suites: they can prove who they are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_NODE_H
#define TEST_NODE_H

#include "harness.h"

#include <moat.h>

#include <stdbool.h>

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) a;
    MOAT_REF(struct node) b;
    uintptr_t serial; /* never given twice: tells an object from one that was made in its memory later */
};
MOAT_TYPE_DECLARE(node_type, struct node);

/* Gives the heap its one arena of `bytes`, a multiple of 16, of which there are at most NODE_ARENA_BYTES. The programs
 * that use it are linked without an arena of their own. False: refused. */
#define NODE_ARENA_BYTES TEST_ROOM((size_t)4096 * sizeof(void *), 4096)
bool node_heap_start(size_t bytes);

/* The same, and registers the stack of a task that never runs: these words. */
bool node_heap_start_with(size_t bytes, void *words, size_t size);

/* A new node with a serial number of its own, or NULL. Context: any, as for the rest. */
struct node *node_new(void);

/* An array of `count` of them, or NULL. */
struct node *node_new_array(size_t count);

/* The number of the node that was made last. */
uintptr_t node_serial(void);

/* Puts a new node at the head of a list. False: no memory. */
bool node_push(MOAT_REF(struct node) * list);

/* Overwrites what is free by making objects in it, up to `bytes`, until a collection is due. Thread mode. */
void node_overwrite_free(size_t bytes);

/* Clears the stack below the caller, where earlier calls have left pointers. */
void node_wash_stack(void);

#endif
