/* The queue of queue.ino. Types are described in C.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    unsigned long value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) first;
static MOAT_ROOT(struct node) last;

static uint32_t memory[512];

/* The end of the stack, as the linker scripts of Arduino's cores call it; it may grow down by STACK_BYTES. */
#ifdef ARDUINO_ARCH_STM32
#define STACK_END _estack
#else
#define STACK_END __StackTop
#endif
#define STACK_BYTES 2048
extern char STACK_END[];

bool list_start(void);
bool list_put(unsigned long value);
unsigned long list_take(void);

bool list_start(void) {
    const void *low = (const void *)((uintptr_t)STACK_END - STACK_BYTES);
    return moat_init_with(memory, sizeof memory, low, STACK_END) == MOAT_OK;
}

bool list_put(unsigned long value) {
    struct node *node = MOAT_NEW(node_type);
    if (node == NULL) {
        return false;
    }
    node->value = value;
    if (first == NULL) {
        MOAT_STORE(first, node);
    } else {
        MOAT_STORE(last->next, node);
    }
    MOAT_STORE(last, node);
    return true;
}

/* The list is not empty. */
unsigned long list_take(void) {
    struct node *node = first;
    MOAT_STORE(first, node->next);
    MOAT_CLEAR(node->next);
    return node->value;
}
