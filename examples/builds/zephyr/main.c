/* moat in an application of Zephyr: the heap is ready before main runs.
 *
 * SPDX-License-Identifier: MIT */
#include <zephyr/sys/printk.h>

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;

int main(void) {
    int sum = 0;
    for (int i = 0; i < 10000; i++) {
        struct node *node = MOAT_NEW(node_type);
        if (node == NULL) {
            printk("the heap is full\n");
            return 0;
        }
        node->value = i;
        MOAT_INIT(node->next, i % 10 == 0 ? NULL : list); /* nothing frees the nine others */
        MOAT_STORE(list, node);
    }
    for (const struct node *node = list; node != NULL; node = node->next) {
        sum += node->value;
    }
    printk("the sum of the last ten is %d\n", sum);
    return 0;
}
