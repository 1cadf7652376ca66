/* A list in the heap, a collection, the list again: the shortest way through everything.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include <moat.h>

#define LENGTH 20
#define ARENA_BYTES TEST_ROOM(2048, 1536)

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next);

static MOAT_ROOT(struct node) list;

static void heap_starts(void) {
    static _Alignas(16) unsigned char arena[ARENA_BYTES];
    CHECK_EQUAL(moat_init(), MOAT_OK);
    CHECK_EQUAL(moat_arena_add(arena, sizeof arena), MOAT_OK);
    CHECK_HEAP();
}

/* Makes a list of LENGTH nodes, and as many that nothing refers to. */
static void list_make(void) {
    for (int i = 0; i < LENGTH; i++) {
        CHECK(MOAT_NEW(node_type) != NULL);
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        CHECK_EQUAL(node->value, 0);
        node->value = i;
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
    }
}

static void list_survives_a_collection(void) {
    list_make();
    CHECK_HEAP();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_HEAP();
    int expected = LENGTH;
    for (struct node *node = list; node != NULL; node = node->next) {
        CHECK_EQUAL(node->value, --expected);
    }
    CHECK_EQUAL(expected, 0);
}

static size_t free_bytes_after_collection(void) {
    struct moat_stats stats = {0};
    return moat_gc_collect() == MOAT_OK && moat_stats_get(&stats) == MOAT_OK ? stats.free_bytes : 0;
}

/* Unlinked objects: a stale word on the stack keeps those within its reach (mark/mark.h), and no other. */
static void garbage_is_collected(void) {
    enum { OBJECTS = 100, STALE = 4, REACH = 2 * 64 };
    size_t before = free_bytes_after_collection();
    for (int i = 0; i < OBJECTS; i++) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
    size_t after = free_bytes_after_collection();
    CHECK(after != 0);
    CHECK(after + STALE * (REACH + node_type.extent) >= before);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(list_survives_a_collection),
    TEST_CASE(garbage_is_collected),
};

int main(void) {
    return TEST_MAIN(cases);
}
