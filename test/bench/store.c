/* moat: the barrier: store_idle, store_marking, store_full: what MOAT_STORE(object->slot, value) takes, once the two
 * pointers are in registers.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "series.h"
#include "workload.h"

#include <moat.h>

#define NODES 512
#define STORES 64
#define ROUNDS 100

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
};
MOAT_TYPE(stored_node_type, struct node, next, other);

static MOAT_ROOT(struct node) nodes[NODES];

static struct node *any(void) {
    return nodes[bench_random_below(NODES)];
}

static void make_nodes(void) {
    for (uint32_t i = 0; i < NODES; i++) {
        struct node *node = MOAT_NEW(stored_node_type);
        if (node == NULL) {
            bench_fail("no memory for the nodes");
        }
        MOAT_STORE(nodes[i], node);
    }
}

/* ---- idle: in loops, where a compiler treats the store as it does in any function ---- */

__attribute__((noinline)) static void loop_with_barrier(struct node **at, struct node *value) {
    for (uint32_t i = 0; i < NODES; i++) {
        MOAT_STORE(at[i]->other, value);
    }
}

__attribute__((noinline)) static void loop_with_assignment(struct node **at, struct node *value) {
    for (uint32_t i = 0; i < NODES; i++) {
        at[i]->other = value;
        __asm__ volatile("" : : : "memory");
    }
}

__attribute__((noinline)) static void loop_without(struct node **at, struct node *value) {
    for (uint32_t i = 0; i < NODES; i++) {
        __asm__ volatile("" : : "r"(at[i]), "r"(value) : "memory");
    }
}

static uint32_t time_loop(void (*loop)(struct node **at, struct node *value)) {
    struct node *value = any();
    uint32_t begin = bench_begin();
    loop(nodes, value);
    return bench_end(begin);
}

void bench_store_idle(const char *none) {
    (void)none;
    make_nodes();
    (void)moat_gc_collect();
    uint32_t without = time_loop(loop_without);
    bench_print_mean("insn_per_op", time_loop(loop_with_barrier) - without, NODES);
    bench_print_mean("insn_per_assignment", time_loop(loop_with_assignment) - without, NODES);
}

/* ---- while marking: one by one ---- */

__attribute__((noinline)) static void store(struct node *node, struct node *value) {
    MOAT_STORE(node->other, value);
}

__attribute__((noinline)) static void store_nothing(struct node *node, struct node *value) {
    __asm__ volatile("" : : "r"(node), "r"(value));
}

__attribute__((noinline)) static uint32_t time_store(void (*how)(struct node *, struct node *), struct node *node,
                                                     struct node *value) {
    uint32_t begin = bench_begin();
    how(node, value);
    return bench_end(begin);
}

/* Garbage, until a cycle is marking. */
static void until_marking(void) {
    while (!moat_heap.marking) {
        if (moat_new_bytes(sizeof(struct node)) == NULL) {
            bench_fail("no cycle starts");
        }
    }
}

/* Stores at the start of marking, when most objects are white. */
static void stores_while_marking(struct bench_series *stores) {
    make_nodes();
    uint32_t overhead = time_store(store_nothing, any(), any());
    for (uint32_t round = 0; round < ROUNDS; round++) {
        (void)moat_gc_collect();
        until_marking();
        for (uint32_t i = 0; i < STORES; i++) {
            struct node *node = any(), *value = any();
            bench_series_add(stores, time_store(store, node, value) - overhead);
        }
    }
}

void bench_store_marking(const char *none) {
    (void)none;
    struct bench_series stores = {0};
    stores_while_marking(&stores);
    bench_print_mean("insn_per_op", stores.sum, stores.count);
    bench_print("op_max", stores.max);
}

/* There is no buffer that a store could find full: this is the dearest store, which greys an object. */
void bench_store_full(const char *none) {
    (void)none;
    struct bench_series stores = {0};
    stores_while_marking(&stores);
    bench_print_mean("insn_per_op", stores.max, 1);
}
