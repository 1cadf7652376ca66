/* Classes of unusual shapes, and of more than one file: what moat::make makes of them is kept, and ends, as other
 * objects are. test/suite/cpp.cpp has what is common.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "support/elsewhere.hpp"

extern "C" {
#include "heap/cycle.h"
}

using elsewhere::item;

/* ---- classes ---- */

namespace {

/* Refs that only a constructor sets. */
struct fixed {
    const moat::ref<item> first;
    const moat::ref<item> others[2];
    const struct {
        uintptr_t number;
        moat::ref<item> at;
    } in;

    fixed(item *a, item *b) : first(a), others{b, nullptr}, in{3, b} {
    }
};
MOAT_DESCRIBE(fixed, first, others, in.at);

/* One of this name is in another file, of another shape. */
struct hidden {
    moat::ref<item> at_its_start;
    uintptr_t number[6];
};
MOAT_DESCRIBE(hidden, at_its_start);

/* Nothing makes it but moat, and it ends without a word. */
class closed {
  public:
    void *operator new(size_t) = delete;
    virtual uintptr_t number() const = 0;

  protected:
    ~closed() = default;
};
MOAT_DESCRIBE(closed);

struct empty {};
class marked {
  public:
    moat::ref<item> mark;
    uintptr_t words[3];

  protected:
    ~marked() = default;
};
MOAT_DESCRIBE(marked, mark);

/* A base without members, one with a virtual table, and one that lies far behind the start. */
class crate final : empty, public closed, public marked {
  public:
    explicit crate(item *to) : lid(to) {
        mark = to;
    }
    uintptr_t number() const override {
        return lid->number + mark->number;
    }

  private:
    MOAT_MAY_DESCRIBE(crate);
    alignas(8) unsigned char bytes[200];
    moat::ref<item> lid;
};
MOAT_DESCRIBE(crate, mark, lid);

/* A virtual base without slots: it lies at the object's end. */
struct counted {
    uintptr_t count = 5;
};
struct left : virtual counted {
    moat::ref<item> on_left;
};
struct right : virtual counted {
    moat::ref<item> on_right;
};
struct both : left, right {
    uintptr_t words[40];
};
MOAT_DESCRIBE(both, on_left, on_right);
MOAT_DESCRIBE(counted);

/* Destructors: of a base, of a member, of the object, by the last class that has one. */
uintptr_t last_ends; /* digits */
unsigned ended;
void end(uintptr_t digit) {
    last_ends = last_ends % 100 * 10 + digit;
}
class resource {
  public:
    explicit resource(item *of) : owner(of) {
    }
    virtual ~resource() {
        end(3);
        ended++;
    }

  private:
    MOAT_MAY_DESCRIBE(resource);
    MOAT_MAY_DESCRIBE(file);
    moat::ref<item> owner;
};
struct buffer {
    moat::ref<item> bytes;
    ~buffer() {
        end(bytes != nullptr ? bytes->number : 9);
    }
};
MOAT_DESCRIBE_FINALIZED(buffer, bytes);
class file final : public resource {
  public:
    explicit file(item *to) : resource(to), inner{to} {
    }
    ~file() override {
        end(1);
    }

  private:
    MOAT_MAY_DESCRIBE(file);
    buffer inner;
};
MOAT_DESCRIBE_FINALIZED(file, owner, inner);

/* Its constructor makes others. */
struct family {
    moat::ref<family> parent;
    moat::ref<family> children[2];
    uintptr_t depth;

    family(family *of, uintptr_t levels) : parent(of), depth(levels) {
        for (moat::ref<family> &child : children) {
            child = levels == 0 ? nullptr : moat::make<family>(this, levels - 1);
        }
    }
};
MOAT_DESCRIBE(family, parent, children);

/* Refs to a class and to one that is derived from it. */
struct special : item {};
MOAT_DESCRIBE(special, next);
struct two {
    moat::ref<const item> base;
    moat::ref<special> derived;
};
MOAT_DESCRIBE(two, base, derived);

struct pair {
    moat::ref<item> one;
    moat::ref<item> two;
};
MOAT_DESCRIBE(pair, one, two);

MOAT_ROOT_REF(item) first;
MOAT_ROOT_REF(fixed) fixed_one;
MOAT_ROOT_REF(hidden) hidden_one;
MOAT_ROOT_REF(closed) closed_one;
MOAT_ROOT_REF(const marked) marked_one;
MOAT_ROOT_REF(counted) counted_one;
MOAT_ROOT_REF(family) oldest;
MOAT_ROOT_REF(pair) pairs[2];
MOAT_ROOT_REF(two) both_refs;

} // namespace

/* A virtual destructor refers to it; nobody calls it. */
void operator delete(void *) noexcept;
void operator delete(void *) noexcept {
    CHECK(false);
}
void operator delete(void *, size_t) noexcept;
void operator delete(void *, size_t) noexcept {
    CHECK(false);
}

/* ---- the heap ---- */

FRESH_ARENA(arena, 8192 * sizeof(void *));

static bool start() {
    return fresh_heap(arena.bytes, sizeof arena.bytes);
}

/* Collects, and makes objects in the place of what has died. */
static __attribute__((noinline)) void settle() {
    moat_cycle_finish();
    collect_all();
    for (unsigned i = 0; i < 500; i++) {
        (void)item::make(999);
    }
    collect_all();
    CHECK_HEAP();
}

/* ---- cases ---- */

static __attribute__((noinline)) void make_fixed() {
    fixed_one = moat::make<fixed>(item::make(1), item::make(2));
}

static void refs_that_are_const() {
    CHECK(start());
    make_fixed();
    CHECK(fixed_one != nullptr);
    settle();
    CHECK_EQUAL(fixed_one->first->number, 1);
    CHECK_EQUAL(fixed_one->others[0]->number, 2);
    CHECK(fixed_one->others[1] == nullptr && fixed_one->in.at == fixed_one->others[0]);
    CHECK_EQUAL(moat::type_of<fixed>().map, 0x17);
}

static __attribute__((noinline)) void make_hidden() {
    hidden_one = moat::make<hidden>();
    CHECK(hidden_one != nullptr);
    hidden_one->at_its_start = item::make(4);
    CHECK(elsewhere::make_there(5) != nullptr);
}

static void classes_of_one_name_in_two_files() {
    CHECK(start());
    make_hidden();
    CHECK(!test_failed());
    settle();
    CHECK_EQUAL(hidden_one->at_its_start->number, 4);
    CHECK_EQUAL(moat::type_of<hidden>().size, 7 * sizeof(void *));
}

static void one_type_for_all_files() {
    CHECK(start());
#if MOAT_CONFIG_LINKER_SCRIPT
    CHECK_POINTER(&elsewhere::type_there(), &moat::type_of<item>());
#endif
    CHECK_TEXT(elsewhere::type_there().name, "elsewhere::item");
}

static __attribute__((noinline)) void fill_roots() {
    elsewhere::shared = item::make(11);
    elsewhere::shelf::defined_apart = item::make(12);
    elsewhere::within_function() = item::make(13);
}

static void roots_of_headers() {
    CHECK(start());
    fill_roots();
    settle();
    CHECK_EQUAL(elsewhere::shared->number, 11);
    CHECK_EQUAL(elsewhere::shelf::defined_apart->number, 12);
    CHECK_POINTER(&elsewhere::within_function(), &elsewhere::within_function_there());
    CHECK_EQUAL(elsewhere::within_function_there()->number, 13);
}

static __attribute__((noinline)) void make_crate() {
    crate *made = moat::make<crate>(item::make(6));
    closed_one = made;
    marked_one = made; /* into the middle of the object */
    CHECK(made != nullptr && static_cast<const void *>(marked_one.get()) != static_cast<const void *>(made));
}

static void bases_within_an_object() {
    CHECK(start());
    make_crate();
    CHECK(!test_failed());
    settle();
    CHECK_EQUAL(closed_one->number(), 12);
    closed_one = nullptr;
    settle();
    CHECK_EQUAL(marked_one->mark->number, 6);
    {
        moat::pinned<const marked> held(marked_one);
        CHECK(held && moat_pin_count() == 1);
        CHECK_EQUAL(held->mark->number, 6);
    }
    CHECK_EQUAL(moat_pin_count(), 0);
}

static __attribute__((noinline)) void make_both() {
    both *made = moat::make<both>();
    CHECK(made != nullptr);
    made->on_right = item::make(8);
    made->count++;
    counted_one = made; /* at the end of the object */
}

static __attribute__((noinline)) void look_at_both() {
    CHECK_EQUAL(counted_one->count, 6);
}

static void a_virtual_base() {
    CHECK(start());
    make_both();
    CHECK(!test_failed());
    settle();
    look_at_both();
}

#define FILES 20
#define STALE 5 /* of them may be kept by words of the stack */

static __attribute__((noinline)) void drop_files() {
    for (unsigned i = 0; i < FILES; i++) {
        CHECK(moat::make<file>(item::make(2)) != nullptr);
    }
}

/* Those of the object, of its member, which finds what that leads to, and of its base, in this order. */
static void destructors_of_bases_and_members() {
    CHECK(start());
    ended = 0;
    drop_files();
    collect_all();
    CHECK(ended >= FILES - STALE && ended <= FILES);
    CHECK_EQUAL(last_ends, 123);
}

static void objects_made_by_constructors() {
    CHECK(start());
    oldest = moat::make<family>(nullptr, 5u);
    CHECK(oldest != nullptr);
    moat_cycle_start();
    oldest = moat::make<family>(oldest, 4u);
    CHECK(oldest != nullptr);
    settle();
    CHECK_EQUAL(oldest->parent->depth, 5);
    unsigned found = 0;
    for (const family *at = oldest->parent; at->children[1] != nullptr; at = at->children[1]) {
        CHECK(at->children[0]->parent == at && at->children[1]->parent == at);
        CHECK_EQUAL(at->children[1]->depth, 4 - found);
        found++;
    }
    CHECK_EQUAL(found, 5);
}

static __attribute__((noinline)) void make_two() {
    both_refs = moat::make<two>(item::make(7), moat::make<special>());
}

/* What a store takes out of a slot only this frame leads to, which the cycle has scanned already. */
static __attribute__((noinline)) void take_away() {
    const item *volatile taken = both_refs->base;
    both_refs->base = both_refs->derived;
    moat_cycle_finish();
    CHECK(taken != nullptr && is_alive(hide(taken)));
    CHECK_EQUAL(taken->number, 7);
    taken = nullptr;
}

static void a_store_of_a_derived_class_has_the_barrier() {
    CHECK(start());
    make_two();
    CHECK(both_refs != nullptr);
    collect_all();
    moat_cycle_start();
    take_away();
    CHECK(!test_failed());
    moat::ref<const item> copy = both_refs->derived;
    CHECK(copy == both_refs->base && copy == both_refs->derived);
}

/* As std::swap does. */
template <class T> static void exchange_by_copies(T &a, T &b) {
    T held(static_cast<T &&>(a));
    a = static_cast<T &&>(b);
    b = static_cast<T &&>(held);
}

static __attribute__((noinline)) void fill_pairs() {
    pairs[0] = moat::make<pair>(item::make(1), item::make(2));
    pairs[1] = moat::make<pair>(item::make(3), nullptr);
    CHECK(pairs[0] != nullptr && pairs[1] != nullptr);
}

static void try_copies(bool marking) {
    CHECK(start());
    fill_pairs();
    CHECK(!test_failed());
    collect_once();
    if (marking) {
        moat_cycle_start();
    }
    exchange_by_copies(*pairs[0], *pairs[1]);
    exchange_by_copies(pairs[0]->one, pairs[1]->one);
    swap(pairs[0]->one, pairs[0]->one);
    first = pairs[1]->two;
    pairs[1]->two = {};
    settle();
    CHECK_EQUAL(pairs[0]->one->number, 1);
    CHECK(pairs[0]->two == nullptr && pairs[1]->two == nullptr);
    CHECK_EQUAL(pairs[1]->one->number, 3);
    CHECK_EQUAL(first->number, 2);
    *pairs[1] = *pairs[1];
    CHECK_EQUAL(pairs[1]->one->number, 3);
    *pairs[1] = {};
    CHECK(pairs[1]->one == nullptr && pairs[1]->two == nullptr);
    first = {};
    CHECK(!first);
}

static void copies_idle() {
    try_copies(false);
}

static void copies_while_marking() {
    try_copies(true);
}

static __attribute__((noinline)) void set_by_lambda() {
    moat::ref<item> &slot = pairs[0]->two;
    item *made = item::make(21);
    auto set = [&slot, held = moat::ref<item>(made)] { slot = held; };
    collect_once();
    set();
}

static void refs_in_lambdas() {
    CHECK(start());
    fill_pairs();
    CHECK(!test_failed());
    set_by_lambda();
    settle();
    CHECK_EQUAL(pairs[0]->two->number, 21);
}

static const test_case cases[] = {
    TEST_CASE(refs_that_are_const),
    TEST_CASE(classes_of_one_name_in_two_files),
    TEST_CASE(one_type_for_all_files),
    TEST_CASE(roots_of_headers),
    TEST_CASE(bases_within_an_object),
    TEST_CASE(a_virtual_base),
    TEST_CASE(destructors_of_bases_and_members),
    TEST_CASE(objects_made_by_constructors),
    TEST_CASE(a_store_of_a_derived_class_has_the_barrier),
    TEST_CASE(copies_idle),
    TEST_CASE(copies_while_marking),
    TEST_CASE(refs_in_lambdas),
};

int main() {
    return test_main(cases, sizeof cases / sizeof cases[0]);
}
