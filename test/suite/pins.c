/* Pins: they count, they keep, and they are of whole objects.
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
static uintptr_t pinned, referred;

static __attribute__((noinline)) void make_pinned(void) {
    struct node *node = MOAT_NEW(node_type);
    pinned = hide(node);
    CHECK_EQUAL(moat_pin(node), MOAT_OK);
    MOAT_STORE(node->next, MOAT_NEW(node_type));
    referred = hide(node->next);
}

static void *object(void) {
    return (void *)~pinned;
}

static void keeps_its_object_and_what_it_refers_to(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_pinned();
    collect_once();
    CHECK(is_alive(pinned) && is_alive(referred));
    CHECK(moat_is_pinned(object()));
    CHECK_EQUAL(moat_unpin(object()), MOAT_OK);
    CHECK(!moat_is_pinned(object()));
    collect_once();
    CHECK(!is_alive(pinned) && !is_alive(referred));
    CHECK_HEAP();
}

static void as_many_unpins_as_pins(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_pinned();
    CHECK_EQUAL(moat_pin(object()), MOAT_OK);
    CHECK_EQUAL(moat_pin((char *)object() + 1), MOAT_OK);
    for (int i = 0; i < 3; i++) {
        CHECK(moat_is_pinned(object()));
        collect_once();
        CHECK(is_alive(pinned));
        CHECK_EQUAL(moat_unpin(object()), MOAT_OK);
    }
    CHECK_EQUAL(moat_unpin(object()), MOAT_ERR_ABSENT);
    collect_once();
    CHECK(!is_alive(pinned));
}

static void any_byte_of_the_object_will_do(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_pinned();
    for (size_t at = 0; at < sizeof(struct node); at++) {
        CHECK(moat_is_pinned((char *)object() + at));
        CHECK_EQUAL(moat_pin((char *)object() + at), MOAT_OK);
    }
    for (size_t at = 0; at < sizeof(struct node); at++) {
        CHECK_EQUAL(moat_unpin((char *)object() + at), MOAT_OK);
    }
    CHECK(moat_is_pinned(object()));
}

static void freed_entries_are_used_again(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(root, MOAT_NEW(node_type));
    for (int i = 0; i < 3 * MOAT_CONFIG_PINS_MAX; i++) {
        CHECK_EQUAL(moat_pin(root), MOAT_OK);
        CHECK_EQUAL(moat_unpin(root), MOAT_OK);
    }
}

/* A pin given up at any step of a cycle hands its object to a root, which may have been scanned. */
static __attribute__((noinline)) void hand_over(void) {
    struct node *node = object();
    (void)moat_unpin(node);
    MOAT_STORE(root, node);
}

static __attribute__((noinline)) void take_over(void) {
    struct node *node = MOAT_EXCHANGE(root, NULL);
    (void)moat_pin(node);
}

static void start_pinned(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_pinned();
}

static void start_handed_over(void) {
    start_pinned();
    hand_over();
}

static void judge(void) {
    CHECK(is_alive(pinned) && is_alive(referred));
}

static void released_at_every_step(void) {
    at_every_step(start_pinned, hand_over, judge);
}

static void pinned_at_every_step(void) {
    at_every_step(start_handed_over, take_over, judge);
}

static const struct test_case cases[] = {
    TEST_CASE(keeps_its_object_and_what_it_refers_to),
    TEST_CASE(as_many_unpins_as_pins),
    TEST_CASE(any_byte_of_the_object_will_do),
    TEST_CASE(freed_entries_are_used_again),
    TEST_CASE(released_at_every_step),
    TEST_CASE(pinned_at_every_step),
};

int main(void) {
    return TEST_MAIN(cases);
}
