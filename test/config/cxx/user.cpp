// A C++ unit of firmware that uses the macros of moat.h; nobody runs it. test/build/cxx.py compiles it.
//
// SPDX-License-Identifier: MIT
#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    MOAT_REF(const char) text;
    int value;
};
MOAT_TYPE_DECLARE(node_type, struct node);
static MOAT_ROOT(struct node) first, last;
static MOAT_ROOT(struct node) table[3];

#ifdef DESCRIBED_HERE
DESCRIBED_HERE;
#endif

int use(int value, node *given);
int use(int value, node *given) {
    node *made = MOAT_NEW(node_type);
    node *row = MOAT_NEW_ARRAY(node_type, 3);
    if (made == nullptr || row == nullptr) {
        return moat_last_error();
    }
    made->value = value;
    MOAT_INIT(made->next, first);
    MOAT_INIT(made->text, "text");
    MOAT_STORE(first, made);
    MOAT_STORE(last, nullptr);
    MOAT_STORE(table[1], given);
    MOAT_CLEAR(made->text);
    MOAT_SWAP(first, last);
    bool done = MOAT_CAS(first, nullptr, made);
    node *was = MOAT_EXCHANGE(last, first);
    MOAT_ATOMIC_STORE(first, was);
    MOAT_MOVE(node_type, made, first);
    MOAT_MOVE_ARRAY(node_type, row, given, 2);
    MOAT_ZERO(node_type, made);
    (void)MOAT_KEPT(made);
#ifdef WRONG_POINTER
    MOAT_STORE(first, &value);
#endif
    return done && moat_pin(made) == MOAT_OK ? moat_gc_collect() : moat_heap_dump();
}
