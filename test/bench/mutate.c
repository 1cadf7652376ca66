/* moat: firmware that moves pointers about: swap4096, rotate1000, reverse1000. No cycle runs; what counts is CHECK2
 * over CHECK0.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "workload.h"

#include <moat.h>

#define SLOTS 4096
#define SWAPS 10000
#define LENGTH 1000
#define ROTATIONS 10000
#define REVERSALS 10

struct node {
    MOAT_REF(struct node) next;
    uint32_t value;
};
MOAT_TYPE(list_node_type, struct node, next);

struct slot {
    MOAT_REF(struct node) node;
};
MOAT_TYPE(swap_slot_type, struct slot, node);

static MOAT_ROOT(struct slot) slots;
static MOAT_ROOT(struct node) head;
static MOAT_ROOT(struct node) tail;

static struct node *make_node(void) {
    struct node *node = MOAT_NEW(list_node_type);
    if (node == NULL) {
        bench_fail("no memory for the nodes");
    }
    return node;
}

static void make_list(void) {
    for (uint32_t i = 0; i < LENGTH; i++) {
        struct node *node = make_node();
        MOAT_INIT(node->next, head);
        MOAT_STORE(head, node);
        if (i == 0) {
            MOAT_STORE(tail, node);
        }
    }
    (void)moat_gc_collect();
}

static void swap(const uint16_t (*pairs)[2]) {
    for (uint32_t i = 0; i < SWAPS; i++) {
        MOAT_SWAP(slots[pairs[i][0]].node, slots[pairs[i][1]].node);
    }
}

/* The pairs are drawn before: their cost would hide that of the swaps. */
void bench_swap(const char *none) {
    (void)none;
    static uint16_t pairs[SWAPS][2];
    struct slot *array = moat_new_array(&swap_slot_type, SLOTS);
    if (array == NULL) {
        bench_fail("no memory for the slots");
    }
    MOAT_STORE(slots, array);
    for (uint32_t i = 0; i < SLOTS; i++) {
        struct node *node = i % 4 == 0 ? make_node() : slots[i - 1].node;
        MOAT_STORE(slots[i].node, node);
    }
    for (uint32_t i = 0; i < SWAPS; i++) {
        pairs[i][0] = (uint16_t)bench_random_below(SLOTS);
        pairs[i][1] = (uint16_t)bench_random_below(SLOTS);
    }
    (void)moat_gc_collect();
    uint32_t begin = bench_begin();
    swap((const uint16_t(*)[2])pairs);
    bench_print_mean("insn_per_op", bench_end(begin), SWAPS);
}

/* The first node becomes the last. */
static void rotate(void) {
    for (uint32_t i = 0; i < ROTATIONS; i++) {
        struct node *first = head;
        MOAT_STORE(head, first->next);
        MOAT_CLEAR(first->next);
        MOAT_STORE(tail->next, first);
        MOAT_STORE(tail, first);
    }
}

void bench_rotate(const char *none) {
    (void)none;
    make_list();
    uint32_t begin = bench_begin();
    rotate();
    bench_print_mean("insn_per_op", bench_end(begin), ROTATIONS);
}

static void reverse(void) {
    struct node *done = NULL, *left = head;
    while (left != NULL) {
        struct node *next = left->next;
        MOAT_STORE(left->next, done);
        done = left;
        left = next;
    }
    MOAT_STORE(head, done);
}

void bench_reverse(const char *none) {
    (void)none;
    make_list();
    uint32_t begin = bench_begin();
    for (uint32_t i = 0; i < REVERSALS; i++) {
        reverse();
    }
    bench_print_mean("insn_per_op", bench_end(begin), REVERSALS * LENGTH);
}
