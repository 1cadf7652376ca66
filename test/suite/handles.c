/* Handles: integers that keep an object, and are stale for ever once deleted.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "support/every_step.h"

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

FRESH_ARENA(arena, TEST_ROOM(8192, 4096));
static MOAT_ROOT(struct node) root;
static uintptr_t held;
static uint32_t handle;

static __attribute__((noinline)) void make_held(void) {
    void *node = MOAT_NEW(node_type);
    held = hide(node);
    handle = moat_handle_new(node);
}

static void keeps_its_object_until_deleted(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_held();
    CHECK(handle != 0);
    collect_once();
    CHECK(is_alive(held));
    CHECK(hide(moat_handle_get(handle)) == held);
    CHECK_EQUAL(moat_handle_delete(handle), MOAT_OK);
    collect_once();
    CHECK(!is_alive(held));
    CHECK_HEAP();
}

static void gives_back_the_pointer_it_was_given(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(root, MOAT_NEW(node_type));
    uint32_t inside = moat_handle_new(&root->number);
    CHECK_POINTER(moat_handle_get(inside), &root->number);
    uint32_t again = moat_handle_new(&root->number);
    CHECK(inside != again && inside != 0 && again != 0);
}

/* A deleted handle stays stale although its entry is used again, many times over. */
static void stale_handles_stay_stale(void) {
    enum { ROUNDS = 2000 };
    static uint32_t old[ROUNDS];
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(root, MOAT_NEW(node_type));
    for (int i = 0; i < ROUNDS; i++) {
        old[i] = moat_handle_new(root);
        CHECK(old[i] != 0);
        CHECK_EQUAL(moat_handle_delete(old[i]), MOAT_OK);
    }
    uint32_t now = moat_handle_new(root);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(old[i] != now);
    }
    for (int i = 0; i < 3; i++) {
        CHECK_POINTER(moat_handle_get(old[i]), NULL);
        CHECK_EQUAL(moat_last_error(), MOAT_ERR_ABSENT);
        CHECK_EQUAL(moat_handle_delete(old[i]), MOAT_ERR_ABSENT);
    }
    CHECK_POINTER(moat_handle_get(now), root);
}

static void all_entries_serve(void) {
    static uint32_t all[MOAT_CONFIG_HANDLES_MAX];
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(root, MOAT_NEW(node_type));
    for (int i = 0; i < MOAT_CONFIG_HANDLES_MAX; i++) {
        all[i] = moat_handle_new(root);
        for (int j = 0; j < i; j++) {
            CHECK(all[j] != all[i]);
        }
    }
    CHECK_EQUAL(moat_handle_delete(all[MOAT_CONFIG_HANDLES_MAX / 2]), MOAT_OK);
    CHECK(moat_handle_new(root) != 0);
}

static __attribute__((noinline)) void hand_over(void) {
    struct node *node = moat_handle_get(handle);
    (void)moat_handle_delete(handle);
    MOAT_STORE(root, node);
}

static void start_held(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_held();
}

static void judge(void) {
    CHECK(is_alive(held));
}

static void deleted_at_every_step(void) {
    at_every_step(start_held, hand_over, judge);
}

/* With another entry free, an entry that was freed is not taken at once. */
static void entries_are_taken_in_turn(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    void *object = MOAT_NEW_BYTES(8);
    uint32_t first = moat_handle_new(object);
    CHECK(first != 0);
    for (unsigned i = 1; i < MOAT_CONFIG_HANDLES_MAX; i++) {
        CHECK_EQUAL(moat_handle_delete(first), MOAT_OK);
        uint32_t next = moat_handle_new(object);
        CHECK(next != 0 && (next & 0x1ff) != (first & 0x1ff));
        first = next;
    }
}

static const struct test_case cases[] = {
    TEST_CASE(entries_are_taken_in_turn),
    TEST_CASE(keeps_its_object_until_deleted),
    TEST_CASE(gives_back_the_pointer_it_was_given),
    TEST_CASE(stale_handles_stay_stale),
    TEST_CASE(all_entries_serve),
    TEST_CASE(deleted_at_every_step),
};

int main(void) {
    return TEST_MAIN(cases);
}
