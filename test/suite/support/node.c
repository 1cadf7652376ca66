/* Nodes. See node.h.
 *
 * SPDX-License-Identifier: MIT */
#include "node.h"

#include "heap/pace.h"
#include "base/port.h"

#define WASHED_WORDS 256

MOAT_TYPE(node_type, struct node, next, a, b);

/* As large as a node, so that it fits where one was freed. */
struct filler {
    uintptr_t words[sizeof(struct node) / sizeof(uintptr_t)];
};
MOAT_TYPE(filler_type, struct filler);

static uintptr_t serial;

bool node_heap_start(size_t bytes) {
    static _Alignas(16) unsigned char arena[NODE_ARENA_BYTES];
    return moat_init() == MOAT_OK && moat_arena_add(arena, bytes) == MOAT_OK;
}

bool node_heap_start_with(size_t bytes, void *words, size_t size) {
    static struct moat_stack stack;
    stack.low = stack.sp = (uintptr_t)words;
    stack.high = stack.low + size;
    return node_heap_start(bytes) && moat_stack_add(&stack) == MOAT_OK;
}

static void number(struct node *node) {
    moat_port_mask_t masked = moat_port_mask();
    node->serial = ++serial;
    moat_port_unmask(masked);
}

struct node *node_new(void) {
    struct node *node = MOAT_NEW(node_type);
    if (node != NULL) {
        number(node);
    }
    return node;
}

struct node *node_new_array(size_t count) {
    struct node *nodes = MOAT_NEW_ARRAY(node_type, count);
    for (size_t i = 0; nodes != NULL && i < count; i++) {
        number(&nodes[i]);
    }
    return nodes;
}

uintptr_t node_serial(void) {
    return serial;
}

bool node_push(MOAT_REF(struct node) * list) {
    struct node *node = node_new();
    if (node == NULL) {
        return false;
    }
    MOAT_INIT(node->next, *list);
    MOAT_STORE(*list, node);
    return true;
}

void node_overwrite_free(size_t bytes) {
    for (size_t done = 0; done < bytes && !moat_pace_due(); done += sizeof(struct filler)) {
        struct filler *filler = MOAT_NEW(filler_type);
        for (size_t i = 0; filler != NULL && i < sizeof filler->words / sizeof filler->words[0]; i++) {
            filler->words[i] = (uintptr_t)0xa5a5a5a5a5a5a5a5u;
        }
    }
}

/* A sanitizer's red zones would be left unwashed. */
__attribute__((noinline, no_sanitize_address)) void node_wash_stack(void) {
    volatile uintptr_t words[WASHED_WORDS];
    for (size_t i = 0; i < WASHED_WORDS; i++) {
        words[i] = 0;
    }
    (void)words[0];
}
