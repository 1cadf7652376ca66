// The macros' code, which slots.cpp has to be. test/build/cxx.py compares them.
//
// SPDX-License-Identifier: MIT
#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(struct node) other;
    int value;
};
MOAT_TYPE_DECLARE(node_type, struct node);
extern MOAT_ROOT(struct node) list;

extern "C" {
void store(node *to, node *value);
void store(node *to, node *value) {
    MOAT_STORE(to->next, value);
}
void store_root(node *value);
void store_root(node *value) {
    MOAT_STORE(list, value);
}
void copy(node *to, const node *from);
void copy(node *to, const node *from) {
    MOAT_STORE(to->next, from->next);
}
void clear(node *to);
void clear(node *to) {
    MOAT_CLEAR(to->next);
}
void swap_slots(node *a, node *b);
void swap_slots(node *a, node *b) {
    MOAT_SWAP(a->next, b->next);
}
bool cas(node *to, node *expected, node *desired);
bool cas(node *to, node *expected, node *desired) {
    return MOAT_CAS(to->next, expected, desired);
}
node *exchange(node *to, node *value);
node *exchange(node *to, node *value) {
    return MOAT_EXCHANGE(to->next, value);
}
int read();
int read() {
    return list->next == nullptr ? 0 : list->next->value;
}
int pin(node *object);
int pin(node *object) {
    if (moat_pin(object) != MOAT_OK) {
        return 0;
    }
    int value = object->value;
    moat_unpin(object);
    return value;
}
node *make(node *next, node *other, int value);
node *make(node *next, node *other, int value) {
    node *made = MOAT_NEW(node_type);
    if (made != nullptr) {
        MOAT_INIT(made->next, next);
        MOAT_INIT(made->other, other);
        made->value = value;
    }
    return made;
}
}
