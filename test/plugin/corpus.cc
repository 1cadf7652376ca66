/* The plugin's corpus in C++. See corpus.c.
 *
 * SPDX-License-Identifier: MIT */
extern "C" {
#define _Static_assert static_assert
#define _Noreturn [[noreturn]]
#include <moat.h>
}

#include <string.h>

struct MOAT_MANAGED node {
    node *next;
    node *other;
    int value;

    void set(node *n) __asm__("set");
    explicit node(node *n);
};

struct base {
    virtual void run();
    node *held;
};

static MOAT_ROOT(node) root;

extern "C" {
node *give();
void take(void *);

/* wants check barrier */
void to_slot(node *a, node *b) {
    a->next = b;
}

/* wants check barrier */
void to_reference(node *&slot, node *b) {
    slot = b;
}

/* wants check barrier */
void by_reference(node &a, node &b) {
    a.next = &b;
}

/* wants barrier */
void to_root(node *a) {
    root = a;
}

/* wants barrier */
void null_to_slot(node *a) {
    a->next = nullptr;
}

/* wants check check barrier_2 */
void two(node *a, node *b) {
    a->next = b;
    a->other = b;
}

/* wants check barrier */
void to_member(base *b, node *a) {
    b->held = a;
}

/* wants move */
void copy(node *a, const node *b) {
    *a = *b;
}

/* wants move */
void copy_by_memcpy(node *a, const node *b) {
    memcpy(static_cast<void *>(a), b, sizeof *a);
}

/* wants check barrier */
void result_to_slot(node *a) {
    a->next = give();
}

/* wants nothing */
int to_local(node *a) {
    node here(*a);
    here.next = a;
    return here.next->value;
}
}

/* wants check barrier */
void node::set(node *n) {
    next = n;
}
