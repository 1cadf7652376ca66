/* The audit that each cycle runs: MOAT_CONFIG_AUDIT. A raw store to memory that C owns is reported by the cycles
 * that follow; a pinned object is not.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
};
MOAT_TYPE(node_type, struct node, next);

FRESH_ARENA(arena, 8192);
static MOAT_C_OWNED struct node c_node;
static MOAT_ROOT(struct node) object;

/* As C would. */
static void raw_store(struct node *value) {
    *(struct node *volatile *)&MOAT_RAW(c_node.next) = value;
}

static bool start(void) {
    raw_store(NULL);
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    MOAT_STORE(object, MOAT_NEW(node_type));
    return ready && object != NULL;
}

/* Cycles until every C-owned word was looked at: 64 of them after each slice. */
static bool finds(void) {
    console_begin();
    for (unsigned i = 0; i < 1000; i++) {
        (void)moat_gc_collect();
    }
    return console_has("moat: audit: heap pointer");
}

static void a_raw_store_is_found(void) {
    CHECK(start());
    raw_store(object);
    CHECK(finds());
    raw_store(NULL);
}

static void a_pinned_object_is_not(void) {
    CHECK(start());
    CHECK_EQUAL(moat_pin(object), MOAT_OK);
    raw_store(object);
    CHECK(!finds());
    raw_store(NULL);
}

static const struct test_case cases[] = {
    TEST_CASE(a_raw_store_is_found),
    TEST_CASE(a_pinned_object_is_not),
};

int main(void) {
    return TEST_MAIN(cases);
}
