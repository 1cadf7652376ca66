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

struct derived : base {
    node *more;
    derived();
};

inline void *operator new(__SIZE_TYPE__, void *at) noexcept {
    return at;
}

template <class T> void exchange(T &a, T &b) {
    T was = static_cast<T &&>(a);
    a = static_cast<T &&>(b);
    b = static_cast<T &&>(was);
}

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

extern "C" {
/* wants check barrier */
void by_a_lambda(node *a, node *b) {
    auto store = [&](node *value) __attribute__((always_inline)) { a->next = value; };
    a->next = b;
    store(b);
}

/* wants check barrier */
void by_a_member_pointer(node *a, node *b, node *node::*member) {
    a->*member = b;
}

/* wants check barrier */
void to_each(node *(&all)[4], node *a) {
    for (node *&one : all) {
        one = a;
    }
}

/* wants move */
void in_place(void *at, const node &from) {
    new (at) node(from);
}

/* wants move */
void moved(node *a, node &&from) {
    *a = static_cast<node &&>(from);
}

/* wants move move */
void exchanged(node *a, node *b) {
    node was = *a;
    *a = *b;
    *b = was;
}

/* wants barrier */
node *once() {
    static MOAT_ROOT(node) kept;
    if (kept == nullptr) {
        kept = give();
    }
    return kept;
}
}

/* The table of virtual functions is no slot. */
/* wants barrier_2 */
derived::derived() {
    held = nullptr;
    more = nullptr;
}

/* wants check barrier */
void node::set(node *n) {
    next = n;
}
