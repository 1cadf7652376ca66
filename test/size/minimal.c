/* The least firmware that uses the heap: what it needs of core, after --gc-sections, is the price of moat. Its arena is
 * the linker script's.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#define BUDGET 64

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;

int main(void);

/* One of features/, where that is linked too. */
__attribute__((weak)) void use_feature(void);

int main(void) {
    if (moat_init() != MOAT_OK) {
        return 1;
    }
    struct node *node = MOAT_NEW(node_type);
    MOAT_STORE(list, node);
    if (use_feature != NULL) {
        use_feature();
    }
    if (moat_gc_step(BUDGET) < 0) {
        return 1;
    }
    return moat_gc_collect();
}
