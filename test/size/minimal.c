/* The least firmware that uses the heap: what it needs of core, after --gc-sections, is the price of moat.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#define ARENA_BYTES 4096
#define ELEMENTS 16
#define BUDGET 64

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct node) array;
static _Alignas(16) unsigned char arena[ARENA_BYTES];

int main(void);

int main(void) {
    if (moat_init() != MOAT_OK || moat_arena_add(arena, sizeof arena) != MOAT_OK) {
        return 1;
    }
    struct node *node = MOAT_NEW(node_type);
    MOAT_STORE(list, node);
    node = MOAT_NEW_ARRAY(node_type, ELEMENTS);
    MOAT_STORE(array, node);
    if (moat_gc_step(BUDGET) < 0) {
        return 1;
    }
    return moat_gc_collect();
}
