/* MOAT_NEW and its kin give a pointer to the type's struct.
 *
 * EXPECT: incompatible pointer type.*struct small
 * EXPECT: incompatible pointer type.*struct small
 * EXPECT: incompatible pointer type.*struct flexible
 * EXPECT: incompatible pointer type.*struct small
 * EXPECT: incompatible pointer type.*struct small
 * EXPECT: incompatible pointer type.*struct node
 * EXPECT: conflicting types|different types
 * EXPECT: node_type is no type of struct small
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct small) small;
};
struct small {
    uint16_t number;
};
struct flexible {
    MOAT_REF(struct node) first;
    uint8_t bytes[];
};
struct elsewhere;
MOAT_TYPE_DECLARE(elsewhere_type, struct elsewhere);
#if MISUSE == 7
MOAT_TYPE_DECLARE(node_type, struct small);
#else
MOAT_TYPE_DECLARE(node_type, struct node);
#endif
MOAT_TYPE(node_type, struct node, next, small);
MOAT_TYPE(small_type, struct small);
MOAT_TYPE_FLEX(flexible_type, struct flexible, MOAT_RUN_SLOTS(struct flexible, first),
               MOAT_TAIL_BYTES(struct flexible, bytes));
#if MISUSE == 8
MOAT_ROOT_OF(node_type, struct small, root);
#else
MOAT_ROOT_OF(node_type, struct node, root);
#endif

void make(struct node *node);
void make(struct node *node) {
    const struct node *readable = MOAT_NEW(node_type);
    void *anything = MOAT_NEW(elsewhere_type);
    struct elsewhere *elsewhere = MOAT_NEW(elsewhere_type);
    uint8_t *bytes = MOAT_NEW_BYTES(4);
    unsigned char *array = MOAT_NEW_ARRAY(moat_type_bytes, 4);
    (void)readable, (void)anything, (void)elsewhere, (void)bytes, (void)array;
    MOAT_STORE(node->small, MOAT_NEW(small_type));
    MOAT_STORE(root.next, node);
#if MISUSE == 1
    struct node *wrong = MOAT_NEW(small_type);
#elif MISUSE == 2
    struct node *wrong = MOAT_NEW_ARRAY(small_type, 2);
#elif MISUSE == 3
    struct node *wrong = MOAT_NEW_FLEX(flexible_type, 2);
#elif MISUSE == 4
    node = MOAT_NEW(small_type);
    struct node *wrong = node;
#elif MISUSE == 5
    MOAT_STORE(node->next, MOAT_NEW(small_type));
    struct node *wrong = node;
#elif MISUSE == 6
    struct small *wrong = MOAT_EXCHANGE(node->next, NULL);
#else
    struct node *wrong = MOAT_NEW_ARRAY(node_type, 2);
    wrong = MOAT_EXCHANGE(node->next, MOAT_EXCHANGE(wrong->next, NULL));
#endif
    (void)wrong;
}
