/* Weak references and containers in C++: as members of a class they are slots; they hold and keep what was put, and let
 * go of what was removed.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"

#include <moat_containers.hpp>

#define ITEMS 40u

namespace containers {

struct item {
    moat::ref<item> other;
    uintptr_t number;
    explicit item(uintptr_t n) : number(n) {
    }
};
MOAT_DESCRIBE(item, other);

struct state {
    moat::vector<item> all;
    moat::map<item> by_number;
    moat::text_map<const item> by_name;
    moat::list<item> in_order;
    moat::weak<item> one;
};
MOAT_DESCRIBE(state, all, by_number, by_name, in_order, one);

FRESH_ARENA(arena, 32768);
MOAT_ROOT_OBJECT(state, kept);
static uintptr_t hidden[ITEMS];

__attribute__((noinline)) static void start() {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
}

__attribute__((noinline)) static item *make(unsigned i) {
    item *made = moat::make<item>(i);
    hidden[i] = hide(made);
    return made;
}

static unsigned alive(unsigned from, unsigned end) {
    unsigned found = 0;
    for (unsigned i = from; i < end; i++) {
        found += is_alive(hidden[i]);
    }
    return found;
}

__attribute__((noinline)) static void push_all() {
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK_EQUAL(kept.all.push(make(i)), MOAT_OK);
    }
}

/* In functions of their own: what they leave on the stack is scrubbed. */
__attribute__((noinline)) static void use_vector() {
    CHECK(kept.all[7]->number == 7 && kept.all[ITEMS] == nullptr && kept.all.count() == ITEMS);
    CHECK_EQUAL(kept.all.insert(0, kept.all[7]), MOAT_OK);
    CHECK(kept.all.remove(0)->number == 7 && kept.all.pop()->number == ITEMS - 1);
}

static void a_vector_keeps_and_lets_go() {
    start();
    CHECK(kept.all.count() == 0 && kept.all[0] == nullptr && kept.all.pop() == nullptr);
    CHECK_EQUAL(kept.all.set(0, nullptr), MOAT_ERR_SIZE);
    push_all();
    collect_all();
    CHECK_EQUAL(alive(0, ITEMS), ITEMS);
    use_vector();
    kept.all.reset();
    collect_all();
    CHECK(alive(0, ITEMS) <= 1);
}

__attribute__((noinline)) static void put_all() {
    char name[] = "a0";
    for (unsigned i = 0; i < ITEMS; i++) {
        item *made = make(i);
        name[0] = static_cast<char>('a' + i / 10);
        name[1] = static_cast<char>('0' + i % 10);
        CHECK_EQUAL(kept.by_number.put(i, made), MOAT_OK);
        CHECK_EQUAL(kept.by_name.put(name, made), MOAT_OK);
    }
}

static void maps_keep_and_let_go() {
    start();
    CHECK(kept.by_number.count() == 0 && kept.by_number.get(1) == nullptr && kept.by_number.remove(1) == nullptr);
    CHECK(kept.by_name.count() == 0 && kept.by_name.get("a1") == nullptr && kept.by_name.remove("a1") == nullptr);
    put_all();
    collect_all();
    CHECK_EQUAL(alive(0, ITEMS), ITEMS);
    CHECK(kept.by_number.get(17)->number == 17 && kept.by_name.get("b7")->number == 17);
    unsigned next = 0, names = 0;
    kept.by_number.each([&next](uintptr_t key, item *value) {
        next += key == next && value->number == key;
        if (key % 2 != 0) {
            (void)kept.by_number.remove(key);
        }
    });
    kept.by_name.each([&names](const char *key, const item *value) {
        names += value->number == names && key[1] == static_cast<char>('0' + names % 10);
    });
    CHECK(next == ITEMS && names == ITEMS && kept.by_number.count() == ITEMS / 2);
    CHECK(kept.by_name.remove("a0")->number == 0 && kept.by_name.count() == ITEMS - 1);
    kept.by_name.reset();
    kept.by_number.reset();
    collect_all();
    CHECK(alive(0, ITEMS) <= 1);
}

static void a_list_removes() {
    start();
    moat_link *second = kept.in_order.push(make(2));
    CHECK(second != nullptr && kept.in_order.insert(second, make(1)) != nullptr);
    CHECK_EQUAL(moat::list<item>::value(kept.in_order.first())->number, 1);
    CHECK_EQUAL(kept.in_order.remove(second), MOAT_OK);
    CHECK_EQUAL(kept.in_order.remove(second), MOAT_ERR_ABSENT);
    CHECK_EQUAL(kept.in_order.count(), 1);
}

__attribute__((noinline)) static void make_weak() {
    CHECK_EQUAL(kept.all.push(make(0)), MOAT_OK);
    CHECK_EQUAL(kept.one.set(kept.all[0]), MOAT_OK);
}

__attribute__((noinline)) static void use_weak() {
    CHECK(kept.one.get() == kept.all[0] && kept.one.get() != nullptr);
    CHECK_EQUAL(kept.one.set(reinterpret_cast<item *>(hidden)), MOAT_ERR_FOREIGN);
}

static void a_weak_reference_reads_until_death() {
    start();
    CHECK(kept.one.get() == nullptr);
    make_weak();
    collect_all();
    use_weak();
    kept.all.reset();
    collect_all();
    CHECK(kept.one.get() == nullptr && !is_alive(hidden[0]));
    CHECK_EQUAL(kept.one.set(nullptr), MOAT_OK);
    CHECK_HEAP();
}

static const test_case cases[] = {
    TEST_CASE(a_vector_keeps_and_lets_go),
    TEST_CASE(maps_keep_and_let_go),
    TEST_CASE(a_list_removes),
    TEST_CASE(a_weak_reference_reads_until_death),
};

} // namespace containers

int main() {
    return TEST_MAIN(containers::cases);
}
