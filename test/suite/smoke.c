/* A list in the heap, a collection, the list again: the shortest way through everything.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"

#include <moat.h>

#define LENGTH 20
#define ARENA_BYTES 8192

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

static void dropped_list_is_collected(void) {
    struct moat_stats before;
    struct moat_stats after;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(moat_stats_get(&before), MOAT_OK);
    MOAT_CLEAR(list);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(moat_stats_get(&after), MOAT_OK);
    /* A stale word on the stack may keep a node, and with it the ones behind it: never all but one. */
    CHECK(after.free_bytes > before.free_bytes);
    CHECK(after.cycles > before.cycles);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(list_survives_a_collection),
    TEST_CASE(dropped_list_is_collected),
};

int main(void) {
    return TEST_MAIN(cases);
}
