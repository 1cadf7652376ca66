/* Roots: static, typed, and added at run time; each keeps what its slots hold, whenever in a cycle it comes or goes.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "support/every_step.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES TEST_ROOM(16384, 4096)
#define ELEMENTS 20

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

struct table {
    uintptr_t looks_like_one;
    MOAT_REF(struct node) slots[3];
};
MOAT_TYPE(table_type, struct table, slots);

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) one;
static MOAT_ROOT(struct node) several[5];
MOAT_ROOT_OF(table_type, struct table, typed);
static struct table added[ELEMENTS];
static MOAT_REF(struct node) words[ELEMENTS];
static uintptr_t kept[ELEMENTS];

static struct node *make(uintptr_t *note) {
    struct node *node = MOAT_NEW(node_type);
    *note = hide(node);
    return node;
}

static bool start(void) {
    memset((void *)added, 0, sizeof added);
    memset(&MOAT_RAW(words[0]), 0, sizeof words);
    return fresh_heap(arena.bytes, sizeof arena.bytes);
}

static __attribute__((noinline)) void fill_static(void) {
    MOAT_STORE(one, make(&kept[0]));
    MOAT_STORE(several[4], make(&kept[1]));
    MOAT_STORE(typed.slots[2], make(&kept[2]));
    typed.looks_like_one = (uintptr_t)make(&kept[3]);
}

static void static_roots_keep(void) {
    CHECK(start());
    fill_static();
    collect_once();
    CHECK_HEAP();
    CHECK(is_alive(kept[0]) && is_alive(kept[1]) && is_alive(kept[2]));
    CHECK(!is_alive(kept[3]));
    MOAT_CLEAR(one);
    MOAT_CLEAR(several[4]);
    MOAT_CLEAR(typed.slots[2]);
    collect_once();
    CHECK(!is_alive(kept[0]) && !is_alive(kept[1]) && !is_alive(kept[2]));
}

static __attribute__((noinline)) void fill_added(void) {
    for (unsigned i = 0; i < ELEMENTS; i++) {
        MOAT_RAW(added[i].slots[i % 3]) = make(&kept[i]);
    }
}

static unsigned count_kept(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < ELEMENTS; i++) {
        count += is_alive(kept[i]);
    }
    return count;
}

static void typed_elements_keep_until_removed(void) {
    CHECK(start());
    fill_added();
    CHECK_EQUAL(moat_root_add(added, &table_type, ELEMENTS), MOAT_OK);
    collect_once();
    CHECK_EQUAL(count_kept(), ELEMENTS);
    CHECK_EQUAL(moat_root_remove(added), MOAT_OK);
    collect_once();
    CHECK_EQUAL(count_kept(), 0);
    CHECK_HEAP();
}

static __attribute__((noinline)) void fill_words(void) {
    for (unsigned i = 0; i < ELEMENTS; i++) {
        MOAT_RAW(words[i]) = make(&kept[i]);
    }
}

static void slots_keep_until_removed(void) {
    CHECK(start());
    fill_words();
    CHECK_EQUAL(moat_root_add(words, NULL, ELEMENTS), MOAT_OK);
    collect_once();
    CHECK_EQUAL(count_kept(), ELEMENTS);
    CHECK_EQUAL(moat_root_remove(words), MOAT_OK);
    CHECK_EQUAL(moat_root_add(words, NULL, ELEMENTS / 2), MOAT_OK);
    collect_once();
    CHECK_EQUAL(count_kept(), ELEMENTS / 2);
}

static void removed_root_may_be_added_again(void) {
    CHECK(start());
    for (unsigned i = 0; i < 3 * MOAT_CONFIG_ROOTS_MAX; i++) {
        CHECK_EQUAL(moat_root_add(added, &table_type, ELEMENTS), MOAT_OK);
        CHECK_EQUAL(moat_root_remove(added), MOAT_OK);
    }
}

/* ---- at every step of a cycle ---- */

static void start_one(void) {
    CHECK(start());
    MOAT_STORE(one, make(&kept[0]));
}

/* Moves what the root in the heap holds to memory that is no root yet, then makes it one. The store into it has no
 * barrier. */
static __attribute__((noinline)) void move_to_new_root(void) {
    MOAT_RAW(words[1]) = MOAT_EXCHANGE(one, NULL);
    (void)moat_root_add(words, NULL, ELEMENTS);
}

static void judge_kept(void) {
    CHECK(is_alive(kept[0]));
    collect_once();
    CHECK(is_alive(kept[0]));
}

static void added_at_every_step(void) {
    at_every_step(start_one, move_to_new_root, judge_kept);
}

/* The root's object goes to the heap root, which has been scanned by then or not; the removal must not lose it. */
static __attribute__((noinline)) void remove_and_keep(void) {
    struct node *node = added[ELEMENTS - 1].slots[2];
    (void)moat_root_remove(added);
    memset((void *)added, 0, sizeof added);
    MOAT_STORE(one, node);
}

static void start_last(void) {
    CHECK(start());
    MOAT_RAW(added[ELEMENTS - 1].slots[2]) = make(&kept[0]);
    MOAT_RAW(added[0].slots[0]) = make(&kept[1]);
    CHECK_EQUAL(moat_root_add(added, &table_type, ELEMENTS), MOAT_OK);
}

static void judge_last(void) {
    judge_kept();
    CHECK(!is_alive(kept[1]));
}

static void removed_at_every_step(void) {
    at_every_step(start_last, remove_and_keep, judge_last);
}

static __attribute__((noinline)) void start_dead(void) {
    start_last();
    (void)make(&kept[2]);
}

/* The memory is used for something else then, which looks like pointers. */
static __attribute__((noinline)) void remove_and_use(void) {
    (void)moat_root_remove(added);
    for (unsigned i = 0; i < ELEMENTS * sizeof added[0] / sizeof(uintptr_t); i++) {
        ((moat_raw *)added)[i] = ~kept[2];
    }
}

static void judge_dead(void) {
    CHECK(!is_alive(kept[2]));
}

static void removed_at_every_step_and_used(void) {
    at_every_step(start_dead, remove_and_use, judge_dead);
}

/* ---- a slot that is a number at other times ---- */

union either {
    MOAT_REF(struct node) node;
    uintptr_t number;
};
struct holder {
    union either either;
};
MOAT_TYPE(holder_type, struct holder, either.node);
MOAT_ROOT_OF(holder_type, struct holder, holding);

static void start_union(void) {
    CHECK(start());
    MOAT_STORE(holding.either.node, make(&kept[0]));
}

/* The pointer goes elsewhere, by way of a stack that has been scanned, and a number takes its place. */
static __attribute__((noinline)) void store_number(void) {
    struct node *node = holding.either.node;
    MOAT_CLEAR(holding.either.node);
    holding.either.number = 7;
    MOAT_STORE(one, node);
}

static void a_number_takes_a_pointers_place_at_every_step(void) {
    at_every_step(start_union, store_number, judge_kept);
    CHECK_EQUAL(holding.either.number, 7);
}

/* ---- what only a stack that is not scanned yet holds ---- */

static _Alignas(16) uintptr_t task_memory[4];
static struct moat_stack task;

static struct node *take_from_task(void) {
    struct node *node = (struct node *)task_memory[2];
    task_memory[2] = 0; /* as a task does, without a barrier */
    return node;
}

static __attribute__((noinline)) void take_as_root(void) {
    MOAT_RAW(words[0]) = take_from_task();
    (void)moat_root_add(words, NULL, ELEMENTS);
}

static __attribute__((noinline)) void take_as_pin(void) {
    (void)moat_pin(take_from_task());
}

static __attribute__((noinline)) void take_as_handle(void) {
    (void)moat_handle_new(take_from_task());
}

static __attribute__((noinline)) void take_by_store(void) {
    MOAT_STORE(one, take_from_task());
}

static __attribute__((noinline)) void take_by_init(void) {
    MOAT_INIT(one, take_from_task());
}

static __attribute__((noinline)) void take_by_exchange(void) {
    MOAT_ATOMIC_STORE(one, take_from_task());
}

static __attribute__((noinline)) void take_by_cas(void) {
    (void)MOAT_CAS(one, NULL, take_from_task());
}

static __attribute__((noinline)) void take_by_move(void) {
    struct table table = {.slots = {[1] = take_from_task()}};
    (void)MOAT_MOVE(table_type, &typed, &table);
}

static __attribute__((noinline)) void take_by_swap(void) {
    struct node *node = take_from_task();
    MOAT_SWAP(one, node);
}

static void start_task(void) {
    CHECK(start());
    task = (struct moat_stack){
        .low = (uintptr_t)task_memory, .high = (uintptr_t)(task_memory + 4), .sp = (uintptr_t)task_memory};
    CHECK_EQUAL(moat_stack_add(&task), MOAT_OK);
    task_memory[2] = (uintptr_t)make(&kept[0]);
}

static void taken_over_from_a_stack(void) {
    static void (*const ways[])(void) = {take_as_root,     take_as_pin, take_as_handle, take_by_store, take_by_init,
                                         take_by_exchange, take_by_cas, take_by_move,   take_by_swap};
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0] && !test_failed(); i++) {
        test_note("way", i);
        at_every_step(start_task, ways[i], judge_kept);
    }
}

/* ---- what only an overwritten slot held when the cycle began ---- */

static void lose_by_store(void) {
    MOAT_STORE(typed.slots[1], NULL);
}

static void lose_by_clear(void) {
    MOAT_CLEAR(typed.slots[1]);
}

static void lose_by_exchange(void) {
    MOAT_ATOMIC_STORE(typed.slots[1], NULL);
}

static void lose_by_cas(void) {
    (void)MOAT_CAS(typed.slots[1], (struct node *)~kept[0], NULL);
}

static void lose_by_swap(void) {
    struct node *here = NULL;
    MOAT_SWAP(typed.slots[1], here);
}

static const struct table empty;

static void lose_by_move(void) {
    (void)MOAT_MOVE(table_type, &typed, &empty);
}

static void lose_by_move_of_a_part(void) {
    (void)MOAT_MOVE_PART(table_type, &typed, &empty, offsetof(struct table, slots), 2 * sizeof(void *));
}

static void lose_by_move_of_an_array(void) {
    (void)MOAT_MOVE_ARRAY(table_type, &typed, &empty, 1);
}

static void lose_by_zero(void) {
    (void)MOAT_ZERO(table_type, &typed);
}

/* Two nodes, the second of which is cut behind its slot. */
static void lose_by_a_copy_that_is_cut(void) {
    moat_move_bytes_(&node_type, &typed, &empty, sizeof(struct node) + sizeof(void *));
}

static void lose_by_a_clear_that_is_cut(void) {
    moat_zero_bytes_(&node_type, &typed, sizeof(struct node) + sizeof(void *));
}

static void start_slot(void) {
    CHECK(start());
    MOAT_STORE(typed.slots[1], make(&kept[0]));
}

/* A context that read the slot may still hold the pointer, on a stack that has been scanned: the object stays for this
 * cycle, and dies in the next. */
static void judge_lost(void) {
    CHECK_POINTER(typed.slots[1], NULL);
    CHECK(is_alive(kept[0]));
    collect_once();
    CHECK(!is_alive(kept[0]));
}

static void overwritten_at_every_step(void) {
    static void (*const ways[])(void) = {
        lose_by_store,
        lose_by_clear,
        lose_by_exchange,
        lose_by_cas,
        lose_by_swap,
        lose_by_move,
        lose_by_move_of_a_part,
        lose_by_move_of_an_array,
        lose_by_zero,
        lose_by_a_copy_that_is_cut,
        lose_by_a_clear_that_is_cut,
    };
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0] && !test_failed(); i++) {
        test_note("way", i);
        at_every_step(start_slot, ways[i], judge_lost);
    }
}

static const struct test_case cases[] = {
    TEST_CASE(static_roots_keep),
    TEST_CASE(typed_elements_keep_until_removed),
    TEST_CASE(slots_keep_until_removed),
    TEST_CASE(removed_root_may_be_added_again),
    TEST_CASE(added_at_every_step),
    TEST_CASE(removed_at_every_step),
    TEST_CASE(removed_at_every_step_and_used),
    TEST_CASE(a_number_takes_a_pointers_place_at_every_step),
    TEST_CASE(taken_over_from_a_stack),
    TEST_CASE(overwritten_at_every_step),
};

int main(void) {
    return TEST_MAIN(cases);
}
