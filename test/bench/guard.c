/* moat: what the guard's check takes, by what is stored and where to: guard_heap and so on. One MOAT_STORE, MOAT_MOVE
 * or MOAT_CALL in a function of its own, as the firmware's are: nothing is kept in registers from one to the next. The
 * figure to look at is CHECK2 over CHECK0.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "workload.h"

#include <moat.h>

#include <string.h>

#define STORES 64
#define MORE_BYTES 4096

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
};
MOAT_TYPE(checked_node_type, struct node, next, other);

static MOAT_ROOT(struct node) kept;
static MOAT_ROOT(struct node) slots[2]; /* as large as a node */
static struct node ordinary;
static __attribute__((section(".noinit.moat_bench_more"), aligned(16))) unsigned char more[3][MORE_BYTES];

__attribute__((noinline)) static void store(struct node *at, struct node *value) {
    MOAT_STORE(at->other, value);
}

__attribute__((noinline)) static void move(struct node *at, struct node *value) {
    (void)MOAT_MOVE(checked_node_type, at, value);
}

__attribute__((noinline)) static int take(const struct node *node) {
    __asm__ volatile("" : : "r"(node));
    return 0;
}

__attribute__((noinline)) static void call(struct node *at, struct node *value) {
    (void)MOAT_CALL(take, value);
    __asm__ volatile("" : : "r"(at));
}

__attribute__((noinline)) static void store_nothing(struct node *at, struct node *value) {
    __asm__ volatile("" : : "r"(at), "r"(value));
}

__attribute__((noinline)) static uint32_t time_store(void (*how)(struct node *, struct node *), struct node *at,
                                                     struct node *value) {
    uint32_t begin = bench_begin();
    how(at, value);
    return bench_end(begin);
}

static struct node *make(void) {
    struct node *node = MOAT_NEW(checked_node_type);
    if (node == NULL) {
        bench_fail("no memory for the nodes");
    }
    MOAT_INIT(node->next, kept);
    MOAT_STORE(kept, node);
    return node;
}

/* A node in the last of four arenas, once the others are full. */
static struct node *make_in_last_arena(void) {
    for (unsigned i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (moat_arena_add(more[i], MORE_BYTES) != MOAT_OK) {
            bench_fail("moat refused an arena");
        }
    }
    struct node *node = make();
    while ((uintptr_t)node - (uintptr_t)more[2] >= MORE_BYTES) {
        node = make();
    }
    return node;
}

enum place { A_NODE, A_ROOT, THE_STACK, THE_LAST_ARENA };

static const struct kind {
    const char *name;
    enum place to;
    enum { AN_OBJECT, NULL_POINTER, A_STATIC_VARIABLE } value;
    void (*how)(struct node *at, struct node *value);
} kinds[] = {
    {"heap", A_NODE, AN_OBJECT, store},
    {"heap_null", A_NODE, NULL_POINTER, store},
    {"heap_static", A_NODE, A_STATIC_VARIABLE, store},
    {"root", A_ROOT, AN_OBJECT, store},
    {"root_null", A_ROOT, NULL_POINTER, store},
    {"root_static", A_ROOT, A_STATIC_VARIABLE, store},
    {"stack", THE_STACK, AN_OBJECT, store},
    {"stack_null", THE_STACK, NULL_POINTER, store},
    {"arenas", THE_LAST_ARENA, AN_OBJECT, store},
    {"move", A_NODE, AN_OBJECT, move},
    {"call", A_NODE, AN_OBJECT, call},
    {"call_static", A_NODE, A_STATIC_VARIABLE, call},
};

static const struct kind *kind_of(const char *name) {
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    bench_fail("no check of this kind");
}

void bench_guard(const char *name) {
    const struct kind *kind = kind_of(name + 1);
    struct node here = {NULL, NULL};
    struct node *object = make();
    MOAT_CLEAR(object->next);
    struct node *const values[] = {[AN_OBJECT] = object, [NULL_POINTER] = NULL, [A_STATIC_VARIABLE] = &ordinary};
    struct node *value = values[kind->value], *at = kind->to == THE_STACK ? &here : (struct node *)(void *)slots;
    if (kind->to == A_NODE || kind->to == THE_LAST_ARENA) {
        at = kind->to == A_NODE ? make() : make_in_last_arena();
    }
    (void)moat_gc_collect(); /* no barrier */
    uint32_t overhead = time_store(store_nothing, at, value), sum = 0;
    for (uint32_t i = 0; i < STORES; i++) {
        sum += time_store(kind->how, at, value) - overhead;
    }
    bench_print_mean("insn_per_op", sum, STORES);
}
