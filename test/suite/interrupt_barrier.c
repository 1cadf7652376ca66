/* A handler that allocates and stores, at each instruction of each barrier macro, wherever the collector stands.
 *
 * A pointer that an operation takes out of a slot is from then on only on the thread's own stack, which the running
 * cycle has scanned already: only the barrier can keep its object. A pointer that it stores comes from a stack that is
 * still grey while marking begins. The handler takes what the slot holds, or stores to it, or elsewhere, and does as
 * much of the collector's work as any phase has.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "support/node.h"
#include "support/situation.h"
#include "support/step.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES TEST_ROOM(NODE_ARENA_BYTES / 4, NODE_ARENA_BYTES)
#define CHAIN 10        /* nodes before the target */
#define VOLUME 16       /* slices that a handler runs: more than any phase has */
#define APART_BYTES 64u /* what a word of a stack reaches */
#define SHADE 12u       /* instructions less, where a stale word of the stack has kept what a barrier would shade */

/* With BY_CLASSES: operations are those of support/ref_operations.cpp. */
#ifdef BY_CLASSES
#define SHARED
#else
#define SHARED static
#endif

/* ---- what is in the heap ---- */

SHARED MOAT_ROOT(struct node) side;    /* two nodes, the other side of a swap */
static MOAT_ROOT(struct node) fresh;   /* two nodes, made while the cycle runs: black */
static MOAT_ROOT(struct node) handled; /* the handler's list */
static MOAT_ROOT(struct node) spot;    /* the handler's slot */

/* The stack of a task that never runs: [0] is the chain, whose last node is the target; [1] the value. */
static struct node *task[2];

/* Invisible to the collector: no root, no stack. */
SHARED struct node *target; /* two nodes; operations work on target->a */
SHARED struct node *value;
SHARED struct node *old; /* what target->a held when the operation began */
static struct node *put; /* what the handler stored in target->a */
SHARED struct node *got; /* what an exchange replaced; `value` if a compare-and-swap stored */

static uintptr_t first_serial; /* of this attempt */
static uintptr_t old_serial, value_serial, taken_serial;
static uint32_t handled_count;

static void forget(void) {
    MOAT_CLEAR(side);
    MOAT_CLEAR(fresh);
    MOAT_CLEAR(handled);
    MOAT_CLEAR(spot);
    task[0] = task[1] = target = value = old = put = got = NULL;
    handled_count = 0;
    taken_serial = 0;
    first_serial = node_serial() + 1;
}

static bool give(struct node *to) {
    MOAT_STORE(to->a, node_new());
    MOAT_STORE(to->b, node_new());
    return to->a != NULL && to->b != NULL;
}

/* Keeps the objects ahead and behind out of each other's reach: a stale word of the stack that keeps one of them leaves
 * the other white. */
static void stay_apart(void) {
    CHECK(MOAT_NEW_BYTES(APART_BYTES) != NULL);
}

static __attribute__((noinline)) void build(void) {
    forget();
    CHECK_EQUAL(moat_gc_collect(),
                MOAT_OK); /* so that the heap is much the same each time, and has room for a handler */
    CHECK((task[0] = node_new_array(2)) != NULL);
    target = task[0];
    stay_apart();
    CHECK(give(&target[0]) && give(&target[1]));
    stay_apart();
    for (int i = 0; i < CHAIN; i++) {
        CHECK(node_new() != NULL);
        CHECK(node_push(&task[0]));
    }
    stay_apart();
    CHECK((task[1] = node_new()) != NULL);
    stay_apart();
    MOAT_STORE(side, node_new_array(2));
    CHECK(side != NULL && give(&side[0]));
    stay_apart();
}

/* In a handler, so that the collector stays where it is. */
static void make_fresh(void) {
    MOAT_STORE(fresh, node_new_array(2));
}

/* ---- the handler ---- */

enum meddling { TAKES, STORES_HERE, STORES_ELSEWHERE, MEDDLINGS };
static enum meddling meddling;

static void take(void) {
    struct node *mine = node_new();
    CHECK(mine != NULL);
    MOAT_INIT(mine->a, target->a);
    taken_serial = mine->a == NULL ? 0 : mine->a->serial;
    MOAT_STORE(handled, mine);
    handled_count = 1;
}

static void store_here(void) {
    put = node_new();
    CHECK(put != NULL);
    MOAT_STORE(target->a, put);
}

static void store_elsewhere(void) {
    MOAT_STORE(target[1].b, node_new());
    MOAT_STORE(target->b, target[1].b);
    MOAT_STORE(spot, side->a);
    MOAT_CLEAR(side->b);
}

static void interrupt(void) {
    static void (*const ways[MEDDLINGS])(void) = {take, store_here, store_elsewhere};
    enum moat_phase phase = moat_heap.cycle.phase;
    uint32_t cycle = moat_heap.cycle.number;
    ways[meddling]();
    for (uint32_t i = 0; i < VOLUME; i++) {
        CHECK(MOAT_NEW_ARRAY(node_type, 1) != NULL);
        if (i % 4 == 0) {
            CHECK(node_push(&handled));
            handled_count++;
        }
    }
    CHECK_EQUAL(moat_heap.cycle.phase, phase);
    CHECK_EQUAL(moat_heap.cycle.number, cycle);
}

/* ---- the operations ---- */

#ifdef BY_CLASSES
void do_store(void), do_init(void), do_clear(void), do_swap(void), do_cas(void), do_exchange(void);
#else
static __attribute__((noinline)) void do_store(void) {
    MOAT_STORE(target->a, value);
}

static __attribute__((noinline)) void do_init(void) {
    MOAT_INIT(target->a, value);
}

static __attribute__((noinline)) void do_clear(void) {
    MOAT_CLEAR(target->a);
}

static __attribute__((noinline)) void do_swap(void) {
    MOAT_SWAP(target->a, side->a);
}

static __attribute__((noinline)) void do_cas(void) {
    got = MOAT_CAS(target->a, old, value) ? value : NULL;
}

static __attribute__((noinline)) void do_exchange(void) {
    got = MOAT_EXCHANGE(target->a, value);
}

#endif

static __attribute__((noinline)) void do_atomic_store(void) {
    MOAT_ATOMIC_STORE(target->a, value);
}

/* Word by word: a plain copy of the struct can be a memcpy by bytes, which the handler's stores would tear. */
static struct node copy_of(const struct node *node) {
    return (struct node){node->next, node == target ? value : node->a, node->b, node->serial};
}

static __attribute__((noinline)) void do_move(void) {
    struct node from = copy_of(target);
    MOAT_MOVE(node_type, target, &from);
}

static __attribute__((noinline)) void do_move_part(void) {
    struct node from = copy_of(target);
    MOAT_MOVE_PART(node_type, target, &from, offsetof(struct node, a), sizeof from.a);
}

static __attribute__((noinline)) void do_move_array(void) {
    struct node from[2] = {copy_of(&target[0]), copy_of(&target[1])};
    MOAT_MOVE_ARRAY(node_type, target, from, 2);
}

static __attribute__((noinline)) void do_zero(void) {
    MOAT_ZERO(node_type, target);
}

struct operation {
    const char *name;
    void (*run)(void);
    enum { BRINGS_VALUE, BRINGS_NULL, BRINGS_SIDE } brings;
    bool fresh_only; /* makes no sense where a slot holds a pointer */
    bool is_long;    /* the three ways of meddling take turns, instruction by instruction */
};

/* ---- one attempt ---- */

/* An object that this attempt made; what is overwritten has no such number. */
static bool is_ours(const struct node *node) {
    return node == NULL || (node->serial >= first_serial && node->serial <= node_serial());
}

static void verify_node(const struct node *node) {
    CHECK(is_ours(node));
    CHECK(is_ours(node->a));
    CHECK(is_ours(node->b));
}

static void verify_chain(bool is_fresh) {
    uint32_t length = 0;
    const struct node *node = task[0];
    for (; node != NULL && node->next != NULL; node = node->next) {
        verify_node(node);
        CHECK(!test_failed());
        length++;
    }
    CHECK_EQUAL(length, CHAIN);
    CHECK(is_fresh || node == target);
    verify_node(&node[1]);
    verify_node(&side[0]);
    CHECK(is_ours(spot));
}

static void verify_handled(void) {
    uint32_t length = 0;
    for (const struct node *node = handled; node != NULL; node = node->next) {
        CHECK(node->serial >= first_serial && node->serial <= node_serial());
        if (node->a != NULL) {
            CHECK_EQUAL(node->a->serial, taken_serial);
        }
        length++;
    }
    CHECK_EQUAL(length, handled_count);
}

/* The slot holds what the operation brought or, if the handler stored there, maybe that. */
static void verify_target(const struct operation *operation) {
    static const uintptr_t none = 0;
    const uintptr_t expected = operation->brings == BRINGS_VALUE ? value_serial : none;
    const uintptr_t found = target->a == NULL ? none : target->a->serial;
    CHECK(is_ours(target->a) && is_ours(target->b));
    if (operation->brings != BRINGS_SIDE && !(put != NULL && target->a == put)) {
        CHECK_EQUAL(found, expected);
    }
    if (operation->run == do_cas && put != NULL) { /* it came too late, or was overwritten */
        CHECK_POINTER(target->a, put);
    }
    if (operation->run == do_exchange) {
        CHECK_POINTER(got, target->a == value && put != NULL ? put : old);
    }
}

static void verify(const struct operation *operation, bool is_fresh, const struct node *held) {
    CHECK_HEAP();
    CHECK_EQUAL(held == NULL ? 0 : held->serial, old_serial);
    verify_chain(is_fresh);
    verify_handled();
    verify_target(operation);
}

struct setting {
    const struct operation *operation;
    enum situation situation;
    bool is_fresh; /* the target is black */
};

/* Builds the heap, brings the collector where it is to be, and sets the operation up. */
static void prepare(const struct setting *setting) {
    build();
    CHECK(!test_failed());
    node_wash_stack();
    CHECK(situation_enter(setting->situation));
    if (setting->is_fresh) {
        bsp_interrupt(make_fresh);
        CHECK(fresh != NULL);
        target = fresh;
    }
    value = task[1];
    value_serial = value->serial;
    old = target->a;
    old_serial = old == NULL ? 0 : old->serial;
}

static enum step_where attempt(const void *context, uint32_t n) {
    const struct setting *setting = context;
    const struct operation *operation = setting->operation;
    if (operation->is_long) {
        meddling = (n + (uint32_t)setting->situation) % MEDDLINGS;
    }
    prepare(setting);
    if (test_failed()) {
        return STEP_AFTER;
    }
    struct node *volatile held = old;
    enum step_where where = step_at(n, operation->run, interrupt);
    if (operation->brings == BRINGS_VALUE) {
        task[1] = NULL;
    }
    if (!test_failed() && test_heap(__FILE__, __LINE__)) {
        situation_leave(ARENA_BYTES);
        verify(operation, setting->is_fresh, held);
    }
    held = NULL; /* the next attempt has its frame here, and an object near by */
    return test_failed() ? STEP_AFTER : where;
}

/* ---- the cases ---- */

static void print_setting(const struct setting *setting) {
    static const char *const ways[MEDDLINGS] = {"takes", "stores here", "stores elsewhere"};
    const char *const words[] = {"# ",
                                 setting->operation->name,
                                 ", ",
                                 situation_name(setting->situation),
                                 setting->is_fresh ? ", black target" : "",
                                 ", the handler ",
                                 ways[meddling],
                                 "\n"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (const char *c = words[i]; *c != '\0'; c++) {
            bsp_write(c, 1);
        }
    }
}

static uint32_t walk(const struct operation *operation, enum situation situation, bool is_fresh) {
    const struct setting setting = {operation, situation, is_fresh};
    prepare(&setting);
    uint32_t length = test_failed() ? 0 : step_length(operation->run);
    uint32_t points = step_through(attempt, &setting, length > SHADE ? length - SHADE : 0);
    if (test_failed()) {
        print_setting(&setting);
    }
    return points;
}

static uint32_t walk_targets(const struct operation *operation, enum situation situation) {
    uint32_t points = 0;
    if (!operation->fresh_only && !test_failed()) {
        points += walk(operation, situation, false);
    }
    if (operation->brings == BRINGS_VALUE && !test_failed()) {
        points += walk(operation, situation, true);
    }
    return points;
}

static void walk_situations(const struct operation *operation) {
    uint32_t points = 0;
    for (enum situation situation = 0; situation < SITUATIONS; situation++) {
        for (uint32_t way = 0; way < (operation->is_long ? 1 : MEDDLINGS); way++) {
            meddling = way;
            points += walk_targets(operation, situation);
        }
    }
    test_note("points hit", points);
}

#define OPERATION_CASE(name, brings, fresh_only, is_long)                                                              \
    static void each_instruction_of_##name(void) {                                                                     \
        static const struct operation operation = {#name, do_##name, brings, fresh_only, is_long};                     \
        walk_situations(&operation);                                                                                   \
    }

OPERATION_CASE(store, BRINGS_VALUE, false, false)
OPERATION_CASE(init, BRINGS_VALUE, true, false)
OPERATION_CASE(clear, BRINGS_NULL, false, false)
OPERATION_CASE(swap, BRINGS_SIDE, false, false)
OPERATION_CASE(cas, BRINGS_VALUE, false, false)
OPERATION_CASE(atomic_store, BRINGS_VALUE, false, false)
OPERATION_CASE(exchange, BRINGS_VALUE, false, false)
OPERATION_CASE(move, BRINGS_VALUE, false, true)
OPERATION_CASE(move_part, BRINGS_VALUE, false, true)
OPERATION_CASE(move_array, BRINGS_VALUE, false, true)
OPERATION_CASE(zero, BRINGS_NULL, false, false)

static bool started;

static void heap_starts(void) {
    CHECK(started);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(each_instruction_of_store),
    TEST_CASE(each_instruction_of_init),
    TEST_CASE(each_instruction_of_clear),
    TEST_CASE(each_instruction_of_swap),
    TEST_CASE(each_instruction_of_cas),
    TEST_CASE(each_instruction_of_atomic_store),
    TEST_CASE(each_instruction_of_exchange),
    TEST_CASE(each_instruction_of_move),
    TEST_CASE(each_instruction_of_move_part),
    TEST_CASE(each_instruction_of_move_array),
    TEST_CASE(each_instruction_of_zero),
};

int main(void) {
    started = node_heap_start_with(ARENA_BYTES, task, sizeof task);
    return TEST_MAIN(cases);
}
