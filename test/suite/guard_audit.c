/* The audit that each cycle runs: MOAT_CONFIG_AUDIT. A raw store to memory that C owns is reported by the cycles
 * that follow; a pinned object is not. With MOAT_CONFIG_AUDIT_STATIC in ordinary variables, too.
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
static void finalize(void *unused) {
    (void)unused;
}
MOAT_TYPE_FINALIZED(finalized_type, struct node, finalize, next);

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
    CHECK_EQUAL(moat_unpin(object), MOAT_OK);
}

/* A variable of a library that nobody gave a region, or that was to be a root. */
static struct node *volatile forgotten;

static void a_variable_of_no_region_is_audited_on_demand(void) {
    CHECK(start());
    forgotten = object;
    CHECK_EQUAL(finds(), MOAT_CONFIG_AUDIT_STATIC);
    CHECK(!console_has("c-owned"));
    forgotten = NULL;
}

/* Core's own variables are among those. */
static void a_handle_and_a_finalizer_are_not(void) {
    CHECK(start());
    uint32_t handle = moat_handle_new(object);
    MOAT_STORE(object->next, (struct node *)MOAT_NEW(finalized_type));
    CHECK(handle != 0 && object->next != NULL);
    CHECK(!finds());
    CHECK_EQUAL(moat_handle_delete(handle), MOAT_OK);
}

static void the_list_of_weak_references_is_not(void) {
    static MOAT_ROOT(struct moat_weak) weak;
    CHECK(start());
    MOAT_STORE(weak, MOAT_WEAK_NEW(node_type, object));
    CHECK(weak != NULL);
    CHECK(!finds());
    CHECK(MOAT_WEAK_GET(node_type, weak) == object);
}

static const struct test_case cases[] = {
    TEST_CASE(a_raw_store_is_found),
    TEST_CASE(a_pinned_object_is_not),
    TEST_CASE(a_variable_of_no_region_is_audited_on_demand),
    TEST_CASE(a_handle_and_a_finalizer_are_not),
    TEST_CASE(the_list_of_weak_references_is_not),
};

int main(void) {
    return TEST_MAIN(cases);
}
