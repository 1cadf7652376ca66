/* The queue of queue.c without a macro at its stores: build it with the compiler plugin (docs/plugin.md).
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>
#include <stdio.h>

struct node {
    struct node *next;
    int value;
};
static MOAT_ROOT(struct node) first; /* what a root points at is kept */
static MOAT_ROOT(struct node) last;

static int put(int value) {
    struct node *node = MOAT_NEW_OF(struct node); /* zeroed, or NULL; the compiler finds the slots */
    if (node == NULL) {
        return -1;
    }
    node->value = value;
    if (first == NULL) {
        first = node;
    } else {
        last->next = node;
    }
    last = node;
    return 0;
}

/* The queue is not empty. */
static int take(void) {
    struct node *node = first;
    first = node->next; /* nothing to free */
    node->next = NULL;  /* a dead word on the stack may keep this node, but no longer the queue */
    return node->value;
}

int main(void) {
    int taken = 0;
    if (moat_init() != MOAT_OK) { /* the arena comes from the linker script */
        return 1;
    }
    for (int i = 0; i < 100000; i++) {
        if (put(i) != 0) {
            return 1;
        }
        taken += i >= 100 && take() == taken;
    }
    printf("queue: %d nodes taken in order, %d left\n", taken, last->value - first->value + 1);
    return 0;
}
