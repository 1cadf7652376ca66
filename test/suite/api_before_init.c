/* Use before moat_init: each call says so and changes nothing, barriers are plain stores, and moat_init then works.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
};
MOAT_TYPE(node_type, struct node, next);

struct flexible {
    uintptr_t count;
    MOAT_REF(struct node) items[];
};
MOAT_TYPE_FLEX(flexible_type, struct flexible, MOAT_TAIL_SLOTS(struct flexible, items));

static MOAT_ROOT(struct node) root;
FRESH_ARENA(arena, 2048);
static struct node outside;

static bool heap_is_zero(void) {
    static const struct moat_heap zero;
    return memcmp(&moat_heap, &zero, sizeof zero) == 0;
}

static bool refused(int line, const char *call) {
    return test_equal(__FILE__, line, "moat_last_error()", moat_last_error(), MOAT_ERR_NOT_READY) &&
           test_equal(__FILE__, line, "the heap is untouched", heap_is_zero(), true) &&
           test_equal(__FILE__, line, "the line names the call", console_has(call), true) &&
           test_equal(__FILE__, line, "the line says what to do", console_has(": call moat_init first"), true);
}

#define REFUSED(expression, call, returned)                                                                            \
    do {                                                                                                               \
        console_begin();                                                                                               \
        CHECK_EQUAL(expression, returned);                                                                             \
        if (!refused(__LINE__, call)) {                                                                                \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static void no_error_yet(void) {
    CHECK_EQUAL(moat_last_error(), 0);
}

static void allocations(void) {
    REFUSED((uintptr_t)MOAT_NEW(node_type), "moat_new", 0);
    REFUSED((uintptr_t)MOAT_NEW_ARRAY(node_type, 2), "moat_new_array", 0);
    REFUSED((uintptr_t)MOAT_NEW_FLEX(flexible_type, 2), "moat_new_flex", 0);
    REFUSED((uintptr_t)MOAT_NEW_BYTES(2), "moat_new_bytes", 0);
    REFUSED((uintptr_t)moat_new(NULL), "moat_new", 0);
}

static void calls(void) {
    static struct moat_stack stack;
    REFUSED(moat_arena_add(arena.bytes, sizeof arena.bytes), "moat_arena_add", MOAT_ERR_NOT_READY);
    REFUSED(moat_gc_step(1), "moat_gc_step", MOAT_ERR_NOT_READY);
    REFUSED(moat_gc_collect(), "moat_gc_collect", MOAT_ERR_NOT_READY);
    REFUSED(moat_root_add(&outside, &node_type, 1), "moat_root_add", MOAT_ERR_NOT_READY);
    REFUSED(moat_root_remove(&outside), "moat_root_remove", MOAT_ERR_NOT_READY);
    REFUSED(moat_stack_add(&stack), "moat_stack_add", MOAT_ERR_NOT_READY);
    REFUSED(moat_stack_remove(&stack), "moat_stack_remove", MOAT_ERR_NOT_READY);
    REFUSED(moat_pin(&outside), "moat_pin", MOAT_ERR_NOT_READY);
    REFUSED(moat_unpin(&outside), "moat_unpin", MOAT_ERR_NOT_READY);
    REFUSED(moat_handle_new(&outside), "moat_handle_new", 0);
    REFUSED((uintptr_t)moat_handle_get(1), "moat_handle_get", 0);
    REFUSED(moat_handle_delete(1), "moat_handle_delete", MOAT_ERR_NOT_READY);
    REFUSED(moat_heap_dump(), "moat_heap_dump", MOAT_ERR_NOT_READY);
}

static void in_handler(void) {
    REFUSED(moat_gc_collect(), "moat_gc_collect", MOAT_ERR_NOT_READY);
    REFUSED((uintptr_t)MOAT_NEW(node_type), "moat_new", 0);
    console_begin();
    CHECK_EQUAL(moat_init(), MOAT_ERR_HANDLER);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_HANDLER);
    CHECK(console_has("moat_init: not in a handler"));
    CHECK(heap_is_zero());
}

static void calls_from_a_handler(void) {
    bsp_interrupt(in_handler);
}

static void questions_have_answers(void) {
    struct moat_stats stats;
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
    CHECK(!moat_object_find(&outside, NULL));
    CHECK(!moat_is_pinned(&outside));
    CHECK_EQUAL(moat_stats_get(&stats), MOAT_OK);
    CHECK_EQUAL(stats.arena_bytes + stats.free_bytes, 0);
    CHECK(heap_is_zero());
}

static void barriers_are_plain_stores(void) {
    struct node other = {NULL, 7};
    MOAT_STORE(outside.next, &other);
    CHECK_POINTER(outside.next, &other);
    CHECK_POINTER(MOAT_EXCHANGE(outside.next, NULL), &other);
    CHECK(MOAT_CAS(outside.next, NULL, &other));
    CHECK_EQUAL(MOAT_MOVE(node_type, &outside, &other), MOAT_OK);
    CHECK_EQUAL(outside.value, 7);
    CHECK_EQUAL(MOAT_ZERO(node_type, &outside), MOAT_OK);
    CHECK_EQUAL(outside.value, 0);
    CHECK(heap_is_zero());
}

static void then_it_starts(void) {
    CHECK_EQUAL(moat_init(), MOAT_OK);
    console_begin();
    CHECK_POINTER(MOAT_NEW(node_type), NULL);
    CHECK(console_has("moat_new: no arena: call moat_arena_add first"));
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(moat_arena_add(arena.bytes, sizeof arena.bytes), MOAT_OK);
    MOAT_STORE(root, MOAT_NEW(node_type));
    CHECK(root != NULL);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(no_error_yet),
    TEST_CASE(allocations),
    TEST_CASE(calls),
    TEST_CASE(calls_from_a_handler),
    TEST_CASE(questions_have_answers),
    TEST_CASE(barriers_are_plain_stores),
    TEST_CASE(then_it_starts),
};

int main(void) {
    return TEST_MAIN(cases);
}
