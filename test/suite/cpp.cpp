/* moat.hpp in firmware: slots, roots, classes of all kinds, what makes and ends their objects, pins; idle and marking.
 * A ref in memory that C owns traps, as a macro's slot does.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"

#include <moat.hpp>

extern "C" {
#include "heap/cycle.h"
#include "support/traps.h"
}

/* ---- classes ---- */

namespace cpp {

struct node {
    moat::ref<node> next;
    moat::ref<node> other;
    uintptr_t number;

    node() = default;
    node(uintptr_t n, node *to) : next(to), number(n) {
    }
};
MOAT_DESCRIBE(node, next, other);

/* A virtual table before the slots, which are private. */
class shape {
  public:
    explicit shape(node *label) : label_(label) {
    }
    virtual uintptr_t area() const {
        return 0;
    }
    node *label() const {
        return label_;
    }

  private:
    MOAT_MAY_DESCRIBE(shape);
    MOAT_MAY_DESCRIBE(box);
    moat::ref<node> label_;
};
MOAT_DESCRIBE(shape, label_);

/* A second base that is not at the object's start, and an array. */
struct named {
    moat::ref<const node> name;
};
class box : public shape, public named {
  public:
    box(node *label, uintptr_t side, node *corner) : shape(label), side_(side), corners_{corner, nullptr, corner} {
        name = corner;
    }
    uintptr_t area() const override {
        return side_ * side_;
    }
    node *corner(unsigned i) const {
        return corners_[i];
    }

  private:
    MOAT_MAY_DESCRIBE(box);
    uintptr_t side_;
    moat::ref<node> corners_[3];
};
MOAT_DESCRIBE(box, label_, name, corners_);

/* Described classes in arrays, slots near and beyond the words of a map. */
struct entry {
    uintptr_t key;
    moat::ref<node> value;
};
MOAT_DESCRIBE(entry, value);
struct table {
    entry first;
    entry rest[2][35];
    moat::ref<node> last[3];
    struct {
        uintptr_t words[2];
        moat::ref<node> ref;
    } in;
};
MOAT_DESCRIBE(table, first, rest, last, in.ref);

struct leaf {
    uintptr_t words[3];
};
MOAT_DESCRIBE(leaf);

template <class T> struct list {
    moat::ref<list> next;
    T value;
};
using number_list = list<uintptr_t>;
MOAT_DESCRIBE(number_list, next);

unsigned ended;
struct file {
    moat::ref<node> owner;
    int descriptor;

    file(node *who, int number) : owner(who), descriptor(number) {
    }
    ~file() {
        ended += owner != nullptr && owner->number == 5 ? unsigned(descriptor) : 0;
    }
};
MOAT_DESCRIBE_FINALIZED(file, owner);

struct state {
    uintptr_t plain;
    entry entries[2];
};
MOAT_DESCRIBE(state, entries);

} // namespace cpp

using cpp::node;

/* ---- the heap ---- */

FRESH_ARENA(arena, 8192 * sizeof(void *));
static MOAT_ROOT_REF(node) all[4], kept;
static MOAT_ROOT_REF(cpp::shape) shapes;
static MOAT_ROOT_REF(cpp::table) tables;
static MOAT_ROOT_REF(cpp::entry) entries;
static MOAT_ROOT_REF(cpp::number_list) numbers;
MOAT_ROOT_OBJECT(cpp::state, the_state);

static bool start(bool marking) {
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (uintptr_t i = 0; i < 4; i++) {
        all[i] = moat::make<node>(i, nullptr);
        ready = ready && all[i];
    }
    if (ready && marking) {
        moat_cycle_start();
    }
    return ready && (moat_heap.marking != 0) == marking;
}

/* Collects, and makes objects in the place of what has died. */
static __attribute__((noinline)) void settle() {
    moat_cycle_finish();
    collect_all();
    for (unsigned i = 0; i < 500; i++) {
        (void)moat::make<node>(999u, nullptr);
    }
    collect_all();
}

static void check_all() {
    settle();
    CHECK_HEAP();
    for (uintptr_t i = 0; i < 4; i++) {
        CHECK(all[i] != nullptr);
        CHECK_EQUAL(all[i]->number, i);
    }
    CHECK_HEAP();
}

/* ---- slots ---- */

static void try_slots(bool marking) {
    CHECK(start(marking));
    node *first = all[0];
    first->next = all[1];
    CHECK_POINTER(first->next, all[1]);
    first->other = first->next;
    CHECK_POINTER(first->other.get(), all[1]);
    CHECK(first->next == first->other && first->next != nullptr && first->next->number == 1);
    first->next = nullptr;
    CHECK(!first->next && first->other);
    swap(first->next, first->other);
    CHECK(first->next == all[1] && !first->other);
    CHECK(!first->next.compare_exchange(all[2], all[3]));
    CHECK(first->next.compare_exchange(all[1], all[3]));
    CHECK_POINTER(first->next.exchange(all[2]), all[3]);
    *all[3] = *first;
    CHECK(all[3]->next == all[2] && all[3]->other == nullptr && all[3]->number == 0);
    all[3]->number = 3;
    moat::ref<node> copy = first->next;
    CHECK_POINTER(copy, all[2]);
    kept = all[1];
    kept = kept;
    CHECK_POINTER(kept, all[1]);
    check_all();
}

static void slots_idle() {
    try_slots(false);
}

static void slots_while_marking() {
    try_slots(true);
}

/* What `take` takes out of a slot only this frame leads to, which the cycle has scanned already. */
template <class operation> static __attribute__((noinline)) void take_away(node *from, operation take) {
    node *volatile taken = from->next;
    take(from->next);
    moat_cycle_finish();
    CHECK(taken != nullptr && is_alive(hide(taken)));
    CHECK_EQUAL(taken->number, 77);
    taken = nullptr;
}

static __attribute__((noinline)) void give() {
    all[0]->next = moat::make<node>(77u, nullptr);
}

template <class operation> static void try_barrier(operation take) {
    CHECK(start(false));
    give();
    collect_all();
    moat_cycle_start();
    take_away(all[0], take);
}

static void a_store_has_the_barrier() {
    try_barrier([](moat::ref<node> &slot) { slot = all[1]; });
}

static void a_clear_has_the_barrier() {
    try_barrier([](moat::ref<node> &slot) { slot = nullptr; });
}

static void a_copy_has_the_barrier() {
    try_barrier([](moat::ref<node> &slot) { slot = all[1]->next; });
}

static void an_exchange_has_the_barrier() {
    try_barrier([](moat::ref<node> &slot) { (void)slot.exchange(all[1]); });
}

/* ---- classes ---- */

static __attribute__((noinline)) void make_box() {
    shapes = moat::make<cpp::box>(moat::make<node>(10u, nullptr), 3u, moat::make<node>(11u, nullptr));
}

static __attribute__((noinline)) void look_at_box() {
    CHECK(shapes != nullptr);
    CHECK_EQUAL(shapes->area(), 9);
    CHECK_EQUAL(shapes->label()->number, 10);
    const cpp::box *found = static_cast<cpp::box *>(shapes.get());
    CHECK_EQUAL(found->corner(0)->number, 11);
    CHECK_POINTER(found->corner(1), nullptr);
    CHECK(found->corner(2) == found->corner(0) && found->name == found->corner(0));
}

static void polymorphic_and_derived_classes() {
    CHECK(start(false));
    make_box();
    settle();
    look_at_box();
    CHECK(!test_failed());
    shapes = moat::make<cpp::shape>(all[2]);
    settle();
    CHECK_EQUAL(shapes->area(), 0);
    CHECK_EQUAL(shapes->label()->number, 2);
}

static __attribute__((noinline)) node *numbered(uintptr_t number) {
    return moat::make<node>(number, nullptr);
}

static __attribute__((noinline)) void fill_table() {
    tables = moat::make<cpp::table>();
    CHECK(tables != nullptr);
    for (unsigned i = 0; i < 70; i++) {
        tables->rest[i / 35][i % 35] = cpp::entry{i, numbered(i)};
    }
    for (unsigned i = 0; i < 3; i++) {
        tables->last[i] = numbered(100 + i);
    }
    tables->first.value = numbered(200);
    tables->in.ref = numbered(201);
}

static void slots_beyond_the_map() {
    CHECK(start(false));
    fill_table();
    CHECK(!test_failed());
    settle();
    for (unsigned i = 0; i < 70; i++) {
        CHECK_EQUAL(tables->rest[i / 35][i % 35].key, i);
        CHECK_EQUAL(tables->rest[i / 35][i % 35].value->number, i);
    }
    CHECK_EQUAL(tables->last[2]->number, 102);
    CHECK_EQUAL(tables->first.value->number, 200);
    CHECK_EQUAL(tables->in.ref->number, 201);
    CHECK_HEAP();
}

/* What macros make of such a struct in C. */
static void descriptions_are_those_of_c() {
    const moat_type &type = moat::type_of<node>();
    CHECK_TEXT(type.name, "cpp::node");
    CHECK_TEXT(moat::type_of<cpp::number_list>().name,
               sizeof(void *) == 8 ? "cpp::list<long unsigned int>" : "cpp::list<unsigned int>");
    CHECK_EQUAL(type.map, 3);
    CHECK_EQUAL(type.front_bytes, 2 * sizeof(void *));
    CHECK_EQUAL(type.size, sizeof(node));
    CHECK_EQUAL(type.extent, MOAT_EXTENT_OF_(sizeof(node)));
    CHECK_EQUAL(moat::type_of<cpp::shape>().map, 2);
    CHECK_EQUAL(moat::type_of<cpp::shape>().front_bytes, 0);
    CHECK_EQUAL(moat::type_of<cpp::leaf>().map, 0);
    CHECK_EQUAL(moat::type_of<cpp::file>().extent, MOAT_FINALIZED_EXTENT_(cpp::file));
    CHECK(moat::type_of<cpp::table>().run_count >= 2 && moat::type_of<cpp::table>().map != 0);
    CHECK(&type == &moat::type_of<node>());
}

/* ---- objects ---- */

static void what_a_constructor_leaves_alone_is_zero() {
    CHECK(start(false));
    for (unsigned i = 0; i < 200; i++) {
        node *dirty = moat::make<node>(~(uintptr_t)0, all[1]);
        CHECK(dirty != nullptr);
        dirty->other = all[2];
    }
    collect_all();
    for (unsigned i = 0; i < 300; i++) {
        const node *clean = moat::make<node>();
        CHECK(clean != nullptr && clean->number == 0 && !clean->next && !clean->other);
    }
}

static void arrays() {
    CHECK(start(true));
    entries = moat::make_array<cpp::entry>(5);
    CHECK(entries != nullptr);
    for (unsigned i = 0; i < 5; i++) {
        CHECK(entries[i].key == 0 && !entries[i].value);
        entries[i].value = numbered(50 + i);
    }
    const cpp::leaf *leaves = moat::make_array<cpp::leaf>(3);
    CHECK(leaves != nullptr && leaves[2].words[2] == 0);
    check_all();
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQUAL(entries[i].value->number, 50 + i);
    }
}

static void templates_and_aggregates() {
    CHECK(start(false));
    for (uintptr_t i = 0; i < 20; i++) {
        numbers = moat::make<cpp::number_list>(numbers.get(), i);
        CHECK(numbers != nullptr);
    }
    settle();
    uintptr_t expected = 20;
    for (const cpp::number_list *at = numbers; at != nullptr; at = at->next) {
        CHECK_EQUAL(at->value, --expected);
    }
    CHECK_EQUAL(expected, 0);
}

#define FILES 20
#define STALE 5 /* of them may be kept by words of the stack */

static __attribute__((noinline)) void drop_files() {
    for (int i = 0; i < FILES; i++) {
        CHECK(moat::make<cpp::file>(moat::make<node>(5u, nullptr), 1) != nullptr);
    }
}

static void destructors_are_called_once() {
    CHECK(start(false));
    cpp::ended = 0;
    drop_files();
    for (unsigned i = 0; i < 4; i++) {
        collect_all();
        CHECK(cpp::ended >= FILES - STALE && cpp::ended <= FILES);
    }
}

static void nothing_is_constructed_without_memory() {
    CHECK(start(false));
    while (moat::make_array<node>(16) != nullptr) {
        node *made = moat::make<node>(0u, kept);
        if (made == nullptr) { /* a word of the stack may keep the array */
            break;
        }
        kept = made;
    }
    while (node *made = moat::make<node>(0u, kept)) {
        kept = made;
    }
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
}

/* ---- roots and pins ---- */

static void a_root_object_keeps() {
    CHECK(start(false));
    the_state.plain = 3;
    the_state.entries[1].value = numbered(60);
    settle();
    CHECK_EQUAL(the_state.entries[1].value->number, 60);
}

static void a_registered_root_keeps_as_long_as_it_lives() {
    CHECK(start(false));
    alignas(moat::registered_root<node>) static unsigned char place[sizeof(moat::registered_root<node>)];
    auto *root = new (moat::place_{place}) moat::registered_root<node>;
    CHECK_EQUAL(root->result(), MOAT_OK);
    CHECK_EQUAL(moat_root_add(place, nullptr, 1), MOAT_ERR_OVERLAP);
    *root = numbered(61);
    settle();
    CHECK_EQUAL((*root)->number, 61);
    root->~registered_root();
    CHECK_EQUAL(moat_root_remove(place), MOAT_ERR_ABSENT);
}

static __attribute__((noinline)) void pin_once() {
    CHECK_EQUAL(moat_pin_count(), 0);
    moat::pinned<node> held(all[1]);
    CHECK(held && held->number == 1 && held.get() == all[1]);
    moat::pinned<node> moved(static_cast<moat::pinned<node> &&>(held));
    CHECK(!held && moved);
    CHECK_EQUAL(moat_pin_count(), 1);
    moat::pinned<node> none(nullptr);
    CHECK(!none && moat_last_error() == MOAT_ERR_NULL);
}

static void pins_end_with_their_scope() {
    CHECK(start(false));
    pin_once();
    CHECK(!test_failed());
    CHECK_EQUAL(moat_pin_count(), 0);
}

/* ---- the guard ---- */

static MOAT_C_OWNED cpp::entry owned;

static void a_ref_of_c_is_stored_to() {
    CHECK(start(false));
    owned.value = all[0];
}

/* Where MOAT_ROOT_REF was forgotten. */
static moat::ref<node> forgotten;

static void a_ref_that_is_no_root() {
    CHECK(start(false));
    forgotten = all[0];
}

static void a_ref_of_c_is_cleared() {
    CHECK(start(true));
    owned.value = nullptr;
    moat::pinned<node> held(all[0]);
    owned.value = held.get();
    owned.value = nullptr;
}
QUIET(a_ref_of_c_is_cleared)

static void a_ref_of_c_is_exchanged() {
    CHECK(start(true));
    (void)owned.value.exchange(all[0]);
}

static void a_class_of_c_is_assigned_to() {
    CHECK(start(false));
    the_state.entries[0] = cpp::entry{1, all[0]};
    owned = the_state.entries[0];
}

#if MOAT_CONFIG_CHECK >= 2
#define GUARDED(function) TRAP(function, MOAT_FAULT_STORE, 0, "(cpp::node, +0) into c-owned region \"c-owned\"")
#else
#define GUARDED(function) QUIET(function)
#endif
GUARDED(a_ref_of_c_is_stored_to)
#if MOAT_CONFIG_CHECK >= 2
TRAP(a_ref_that_is_no_root, MOAT_FAULT_STORE, 0, "store of heap pointer")
#else
QUIET(a_ref_that_is_no_root)
#endif
GUARDED(a_ref_of_c_is_exchanged)
GUARDED(a_class_of_c_is_assigned_to)

static const test_case cases[] = {
    TEST_CASE(slots_idle),
    TEST_CASE(slots_while_marking),
    TEST_CASE(a_store_has_the_barrier),
    TEST_CASE(a_clear_has_the_barrier),
    TEST_CASE(a_copy_has_the_barrier),
    TEST_CASE(an_exchange_has_the_barrier),
    TEST_CASE(polymorphic_and_derived_classes),
    TEST_CASE(slots_beyond_the_map),
    TEST_CASE(descriptions_are_those_of_c),
    TEST_CASE(what_a_constructor_leaves_alone_is_zero),
    TEST_CASE(arrays),
    TEST_CASE(templates_and_aggregates),
    TEST_CASE(destructors_are_called_once),
    TEST_CASE(nothing_is_constructed_without_memory),
    TEST_CASE(a_root_object_keeps),
    TEST_CASE(a_registered_root_keeps_as_long_as_it_lives),
    TEST_CASE(pins_end_with_their_scope),
    TRAP_CASE(a_ref_of_c_is_stored_to),
    TRAP_CASE(a_ref_that_is_no_root),
    TRAP_CASE(a_ref_of_c_is_cleared),
    TRAP_CASE(a_ref_of_c_is_exchanged),
    TRAP_CASE(a_class_of_c_is_assigned_to),
};

static const trap_trial *const trials[] = {
    &trial_a_ref_of_c_is_stored_to, &trial_a_ref_that_is_no_root,       &trial_a_ref_of_c_is_cleared,
    &trial_a_ref_of_c_is_exchanged, &trial_a_class_of_c_is_assigned_to,
};

int main() {
    return TRAPS_MAIN(cases, trials);
}
