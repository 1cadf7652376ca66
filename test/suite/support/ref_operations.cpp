/* The operations of test/suite/interrupt_barrier.c by classes.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.hpp>

/* As support/node.h has it. */
struct node {
    moat::ref<node> next, a, b;
    uintptr_t serial;
};

extern "C" {
extern node *target, *value, *old, *got;
extern MOAT_ROOT_REF_DECLARE(node) side;

void do_store(void);
void do_store(void) {
    target->a = value;
}

void do_init(void);
void do_init(void) {
    (void)new (moat::place_{&target->a}) moat::ref<node>(value);
}

void do_clear(void);
void do_clear(void) {
    target->a = nullptr;
}

void do_swap(void);
void do_swap(void) {
    swap(target->a, side->a);
}

void do_cas(void);
void do_cas(void) {
    got = target->a.compare_exchange(old, value) ? value : nullptr;
}

void do_exchange(void);
void do_exchange(void) {
    got = target->a.exchange(value);
}
}
