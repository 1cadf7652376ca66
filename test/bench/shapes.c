/* moat: shapes of live data for `slices`. See shapes.h.
 *
 * SPDX-License-Identifier: MIT */
#include "shapes.h"

#include "bench.h"
#include "slots.h"

#include <moat.h>

#define TREE_DEPTH 8
#define EDGES 4
#define COMB_TEETH 15
#define ROOTS 4096
#define ROOT_TARGETS 256
#define STACKS 64
#define STACK_WORDS 64

struct pair {
    MOAT_REF(struct pair) left;
    MOAT_REF(struct pair) right;
};
MOAT_TYPE(pair_type, struct pair, left, right);

struct vertex {
    MOAT_REF(struct vertex) edge[EDGES];
};
MOAT_TYPE(vertex_type, struct vertex, edge);

struct slot {
    MOAT_REF(struct pair) to;
};
MOAT_TYPE(slot_type, struct slot, to);

struct tooth {
    MOAT_REF(struct slot) slots;
};
MOAT_TYPE(tooth_type, struct tooth, slots);

static MOAT_ROOT(struct pair) pairs;
static MOAT_ROOT(struct vertex) vertices;
static MOAT_ROOT(struct slot) slots;
static MOAT_ROOT(struct tooth) comb;
static MOAT_ROOT(void) raw;

static void *made(void *object) {
    if (object == NULL) {
        bench_fail("no memory for the shape");
    }
    return object;
}

/* A list in the order of allocation, the last first. */
static void list(size_t bytes) {
    for (size_t at = 0; at < bytes; at += pair_type.extent) {
        struct pair *pair = made(MOAT_NEW(pair_type));
        MOAT_INIT(pair->right, pairs);
        MOAT_STORE(pairs, pair);
    }
}

static struct pair *tree(unsigned depth) {
    struct pair *pair = made(MOAT_NEW(pair_type));
    if (depth != 0) {
        MOAT_STORE(pair->left, tree(depth - 1));
        MOAT_STORE(pair->right, tree(depth - 1));
    }
    return pair;
}

static void trees(size_t bytes) {
    for (size_t at = 0; at < bytes; at += pair_type.extent << (TREE_DEPTH + 1)) {
        struct pair *pair = made(MOAT_NEW(pair_type));
        MOAT_INIT(pair->right, pairs);
        MOAT_STORE(pairs, pair);
        MOAT_STORE(pair->left, tree(bytes - at < pair_type.extent << (TREE_DEPTH + 1) ? 2 : TREE_DEPTH));
    }
}

/* Each vertex has an edge to the one before it, and three to any of the last BENCH_SLOTS_MAX. */
static void graph(size_t bytes) {
    bench_slots_use(BENCH_SLOTS_MAX);
    for (uint32_t i = 0; i < bytes / vertex_type.extent; i++) {
        struct vertex *vertex = made(MOAT_NEW(vertex_type));
        MOAT_INIT(vertex->edge[0], vertices);
        MOAT_STORE(vertices, vertex);
        MOAT_STORE(bench_slots[i % BENCH_SLOTS_MAX], vertex);
        uint32_t known = i < BENCH_SLOTS_MAX ? i + 1 : BENCH_SLOTS_MAX;
        for (uint32_t edge = 1; edge < EDGES; edge++) {
            struct vertex *to = bench_slots[bench_random_below(known)];
            MOAT_STORE(vertex->edge[edge], to);
        }
    }
    bench_slots_use(1);
}

/* One object, each of its slots used; the objects they refer to take as much again, an eighth of the slots each. */
static void array(size_t bytes) {
    size_t count = bytes / sizeof(struct slot);
    struct slot *made_slots = made(MOAT_NEW_ARRAY(slot_type, count));
    MOAT_STORE(slots, made_slots);
    struct pair *last = NULL;
    for (size_t i = 0; i < count; i++) {
        if (i % (count / 8 + 1) == 0) {
            last = made(MOAT_NEW(pair_type));
        }
        MOAT_STORE(slots[i].to, last);
    }
}

static void bytes_only(size_t bytes) {
    MOAT_STORE(raw, made(MOAT_NEW_BYTES(bytes)));
}

/* A spine of slots; each refers to an array whose slots each refer to an object. */
static void teeth(size_t bytes) {
    size_t tooth = sizeof(struct tooth) + (COMB_TEETH + 1) * sizeof(struct slot) + COMB_TEETH * pair_type.extent;
    size_t count = bytes / tooth;
    struct tooth *spine = made(MOAT_NEW_ARRAY(tooth_type, count));
    MOAT_STORE(comb, spine);
    for (size_t i = 0; i < count; i++) {
        struct slot *row = made(MOAT_NEW_ARRAY(slot_type, COMB_TEETH));
        MOAT_STORE(comb[i].slots, row);
        for (size_t j = 0; j < COMB_TEETH; j++) {
            struct pair *end = made(MOAT_NEW(pair_type));
            MOAT_STORE(comb[i].slots[j].to, end);
        }
    }
}

static void roots(size_t bytes) {
    bench_slots_use(ROOTS);
    uint32_t targets = bytes / pair_type.extent < ROOT_TARGETS ? (uint32_t)(bytes / pair_type.extent) : ROOT_TARGETS;
    for (uint32_t i = 0; i < ROOTS; i++) {
        void *target = i < targets ? made(MOAT_NEW(pair_type)) : bench_slots[i % targets];
        MOAT_STORE(bench_slots[i], target);
    }
    list(bytes / 2);
}

/* Each word of each stack refers to an object of its own, as far as the memory goes. */
static void stacks(size_t bytes) {
    static struct moat_stack registered[STACKS];
    static moat_word words[STACKS][STACK_WORDS];
    for (uint32_t i = 0; i < STACKS; i++) {
        registered[i].low = registered[i].sp = (uintptr_t)words[i];
        registered[i].high = (uintptr_t)(words[i] + STACK_WORDS);
        if (moat_stack_add(&registered[i]) != MOAT_OK) {
            bench_fail("moat refused a stack");
        }
    }
    size_t left = bytes / pair_type.extent;
    for (uint32_t i = 0; i < STACKS * STACK_WORDS && left != 0; i++, left--) {
        words[i % STACKS][i / STACKS] = (moat_word)made(MOAT_NEW(pair_type));
    }
}

static void nothing(size_t bytes) {
    (void)bytes;
}

const struct bench_shape bench_shapes[] = {
    {"list", list, 50},        {"trees", trees, 50}, {"graph", graph, 50}, {"array", array, 50},
    {"bytes", bytes_only, 50}, {"comb", teeth, 50},  {"roots", roots, 50}, {"stacks", stacks, 50},
    {"live", list, 75},        {"dead", nothing, 0}, {NULL, NULL, 0},
};
