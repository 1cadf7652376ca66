/* moat: trees_keepK and trees_staleK: 200 binary trees of 511 nodes, each dropped after it is built, while K more stay
 * live.
 *
 * Everything is counted: building, dropping, and the collector or free. In trees_stale the loop keeps the root of the
 * tree before in a register that the compiler saves over calls, so that each scan of the stack finds it: no
 * conservative collector can know that it is dead. trees_keep makes the tree in a function of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "probe.h"
#include "workload.h"

#include <moat.h>

#define TREES 200
#define WARM_UP 20
#define DEPTH 8
#define NODES ((2u << DEPTH) - 1)
#define KEEP_MAX 4

struct node {
    MOAT_REF(struct node) left;
    MOAT_REF(struct node) right;
};
MOAT_TYPE(tree_node_type, struct node, left, right);

static MOAT_ROOT(struct node) kept[KEEP_MAX];
static MOAT_ROOT(struct node) tree;

static struct node *build(unsigned depth) {
    struct node *node = MOAT_NEW(tree_node_type);
    if (node == NULL) {
        bench_fail("no memory in the middle of a tree");
    }
    if (depth != 0) {
        MOAT_STORE(node->left, build(depth - 1));
        MOAT_STORE(node->right, build(depth - 1));
    }
    return node;
}

static void *allocate(void) {
    void *node = bench_allocator->alloc(sizeof(struct node));
    if (node == NULL && bench_allocator->free == NULL) {
        bench_allocator->init(bench_arena, BENCH_ARENA_BYTES);
        node = bench_allocator->alloc(sizeof(struct node));
    }
    if (node == NULL) {
        bench_exhausted("no memory in the middle of a tree");
    }
    return node;
}

static struct node *build_freed(unsigned depth) {
    struct node *node = allocate();
    if (depth != 0) {
        node->left = build_freed(depth - 1);
        node->right = build_freed(depth - 1);
    } else {
        node->left = node->right = NULL;
    }
    return node;
}

static void free_tree(struct node *node, void (*release)(void *)) {
    if (node->left != NULL) {
        free_tree(node->left, release);
        free_tree(node->right, release);
    }
    release(node);
}

static void churn_stale(uint32_t trees) {
    while (trees-- != 0) {
        if (bench_managed) {
            MOAT_STORE(tree, build(DEPTH));
            MOAT_CLEAR(tree);
            continue;
        }
        struct node *root = build_freed(DEPTH);
        if (bench_allocator->free != NULL) {
            free_tree(root, bench_allocator->free);
        }
    }
}

__attribute__((noinline)) static void build_and_drop(void) {
    churn_stale(1);
}

static void churn(uint32_t trees) {
    while (trees-- != 0) {
        build_and_drop();
    }
}

static void run(const char *keep, void (*churn_trees)(uint32_t trees)) {
    uint32_t count = bench_number(keep);
    if (count > KEEP_MAX) {
        bench_fail("keeps more trees than there are roots");
    }
    for (uint32_t i = 0; i < count; i++) {
        if (bench_managed) {
            MOAT_STORE(kept[i], build(DEPTH));
        } else {
            kept[i] = build_freed(DEPTH);
        }
    }
    churn_trees(WARM_UP);
    bench_probe_restart();
    uint32_t begin = bench_begin();
    churn_trees(TREES);
    uint32_t cost = bench_end(begin);
    if (bench_probe_present()) {
        bench_probe_print_utilisation();
    } else {
        bench_print_mean("insn_per_object", cost, TREES * NODES);
    }
}

void bench_trees(const char *keep) {
    run(keep, churn);
}

void bench_trees_stale(const char *keep) {
    run(keep, churn_stale);
}
