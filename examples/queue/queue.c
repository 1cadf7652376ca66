/* queue: the smallest program with a heap of moat's, the one that README.md shows. It sends 100,000 nodes through a
 * queue of 100, in an arena that holds a few hundred of them: what is taken out is never freed by hand.
 *
 *   make run EXAMPLE=queue BOARD=riscv32-virt
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>
#include <stdio.h>

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next); /* where the slots are, in flash */
static MOAT_ROOT(struct node) first;     /* what a root points at is kept */
static MOAT_ROOT(struct node) last;

static int put(int value) {
    struct node *node = MOAT_NEW(node_type); /* zeroed, or NULL */
    if (node == NULL) {
        return -1;
    }
    node->value = value;
    if (first == NULL) {
        MOAT_STORE(first, node); /* stores to slots go through macros, reads do not */
    } else {
        MOAT_STORE(last->next, node);
    }
    MOAT_STORE(last, node);
    return 0;
}

/* The queue is not empty. */
static int take(void) {
    struct node *node = first;
    MOAT_STORE(first, node->next); /* nothing to free */
    MOAT_CLEAR(node->next);        /* a dead word on the stack may keep this node, but no longer the queue */
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
