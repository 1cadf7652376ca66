// Uses of moat.hpp that do not compile, and the first thing that is said of each. test/build/cxx.py compiles each.
//
// SPDX-License-Identifier: MIT
#include <moat.hpp>

struct node {
    moat::ref<node> next;
    moat::ref<node> other;
    node *raw;
    int value;
};
MOAT_DESCRIBE(node, next, other);
static MOAT_ROOT_REF(node) list;

#pragma pack(push, 1)
struct packed {
    char c;
    moat::ref<node> next;
};
#pragma pack(pop)
struct ends {
    moat::ref<node> next;
    ~ends();
};
struct derived : node {
    moat::ref<node> more;
};
struct base {
    moat::ref<node> next;
};
struct virtually : virtual base {};
struct alignas(64) aligned {
    moat::ref<node> next;
};
struct holder {
    base inside;
};
struct large {
    moat::ref<node> far[100];
};
MOAT_DESCRIBE(large, far);
struct larger {
    large inside[2];
};
struct starts {
    moat::ref<node> next;
    int value = 5;
};
MOAT_DESCRIBE(starts, next);
struct in_c {
    moat::ref<node> next;
};
MOAT_TYPE_DECLARE(node_type, struct node);
MOAT_TYPE_DECLARE(in_c_type, struct in_c);
struct closed {
  private:
    moat::ref<node> next;
};
MOAT_DESCRIBE_FINALIZED(ends, next);

#if MISUSE == 1 // EXPECT: node2::raw is no slot: it is no moat::ref, and no described class, and no array of either
struct node2 : node {};
MOAT_DESCRIBE(node2, raw);
#elif MISUSE == 2 // EXPECT: derived::value is no slot: it is no moat::ref
MOAT_DESCRIBE(derived, next, value);
#elif MISUSE == 3 // EXPECT: packed::next is no slot: it is not aligned
MOAT_DESCRIBE(packed, next);
#elif MISUSE == 4 // EXPECT: holder::inside is no slot: it is no moat::ref, and no described class
MOAT_DESCRIBE(holder, inside);
#elif MISUSE == 5 // EXPECT: larger has more than 24 slots in one list
#define TWENTY inside, inside, inside, inside, inside, inside, inside, inside, inside, inside, inside, inside, inside
MOAT_DESCRIBE(larger, TWENTY, TWENTY);
#elif MISUSE == 6  // EXPECT: other_end has a destructor, which nobody calls: MOAT_DESCRIBE_FINALIZED has the collector
struct other_end : ends {};
MOAT_DESCRIBE(other_end, next);
#elif MISUSE == 7  // EXPECT: aligned needs a larger alignment than the heap gives
MOAT_DESCRIBE(aligned, next);
#elif MISUSE == 8  // EXPECT: virtual base
MOAT_DESCRIBE(virtually, next);
#elif MISUSE == 9  // EXPECT: a member's class has slots beyond the words of a map
MOAT_DESCRIBE(larger, inside);
#elif MISUSE == 10 // EXPECT: the class is not described: MOAT_DESCRIBE.T, members. stands beside it
base *make() {
    return moat::make<base>();
}
#elif MISUSE == 11 // EXPECT: the class is not described
node *make() {
    return moat::make<derived>();
}
#elif MISUSE == 12 // EXPECT: the class is not described
int *make() {
    return moat::make<int>();
}
#elif MISUSE == 13 // EXPECT: arrays can't be made of a class with a destructor
ends *make() {
    return moat::make_array<ends>(3);
}
#elif MISUSE == 14 // EXPECT: a root is defined by MOAT_ROOT_REF.T. name
static moat::root<node> first;
#elif MISUSE == 15 // EXPECT: ends has a destructor, which no root has called
MOAT_ROOT_OBJECT(ends, no_object);
#elif MISUSE == 16 // EXPECT: only zero initializers|non-zero|changed section
MOAT_ROOT_OBJECT(starts, no_object);
#elif MISUSE == 17 // EXPECT: node_type is no type of in_c
MOAT_DESCRIBED_IN_C(in_c, node_type);
#elif MISUSE == 18 // EXPECT: private
MOAT_DESCRIBE(closed, next);
#elif MISUSE == 19 // EXPECT: cannot (bind|initialize)|cannot bind|non-const lvalue reference
void raw_store(node *to) {
    node *&alias = to->next;
    alias = nullptr;
}
#elif MISUSE == 20 // EXPECT: cannot convert|cannot initialize
void raw_store(node *to) {
    node **slot = &to->next;
    *slot = nullptr;
}
#elif MISUSE == 21 // EXPECT: no .operator|cannot increment
void raw_store(node *to) {
    to->next++;
}
#elif MISUSE == 22 // EXPECT: no match|no viable|invalid conversion|cannot convert
void another_type(node *to, int *value) {
    to->next = value;
}
#elif MISUSE == 23 // EXPECT: 'pointer_' is|is private
void raw_store(node *to, node *value) {
    to->next.pointer_ = value;
}
#elif MISUSE == 24 // EXPECT: a member's class is described in a C file
struct in_cpp {
    in_c inside;
};
MOAT_DESCRIBED_IN_C(in_c, in_c_type);
MOAT_DESCRIBE(in_cpp, inside);
#elif MISUSE == 25 // EXPECT: only zero initializers|non-zero|changed section|cannot have fixups
struct polymorphic {
    virtual int area() const;
    moat::ref<node> next;
};
MOAT_DESCRIBE(polymorphic, next);
MOAT_ROOT_OBJECT(polymorphic, no_object);
#elif MISUSE == 26 // EXPECT: is a protected member|is protected|no matching constructor|deleted
struct my_root : moat::root<node> {
    my_root(const moat::root<node> &other) : moat::root<node>(other) {
    }
};
#endif
