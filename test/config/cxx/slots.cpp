// The functions of slots_by_macro.cpp, by classes.
//
// SPDX-License-Identifier: MIT
#include <moat.hpp>

struct node {
    moat::ref<node> next;
    moat::ref<node> other;
    int value;

    node(node *next_, node *other_, int value_) : next(next_), other(other_), value(value_) {
    }
};
MOAT_TYPE_DECLARE(node_type, struct node);
MOAT_DESCRIBED_IN_C(node, node_type);
extern MOAT_ROOT_REF_DECLARE(node) list;

extern "C" {
void store(node *to, node *value);
void store(node *to, node *value) {
    to->next = value;
}
void store_root(node *value);
void store_root(node *value) {
    list = value;
}
void copy(node *to, const node *from);
void copy(node *to, const node *from) {
    to->next = from->next;
}
void clear(node *to);
void clear(node *to) {
    to->next = nullptr;
}
void swap_slots(node *a, node *b);
void swap_slots(node *a, node *b) {
    swap(a->next, b->next);
}
bool cas(node *to, node *expected, node *desired);
bool cas(node *to, node *expected, node *desired) {
    return to->next.compare_exchange(expected, desired);
}
node *exchange(node *to, node *value);
node *exchange(node *to, node *value) {
    return to->next.exchange(value);
}
int read();
int read() {
    return list->next == nullptr ? 0 : list->next->value;
}
int pin(node *object);
int pin(node *object) {
    moat::pinned<node> held(object);
    return held ? held->value : 0;
}
node *make(node *next, node *other, int value);
node *make(node *next, node *other, int value) {
    return moat::make<node>(next, other, value);
}
}
