/* A task that is preempted at each instruction of each barrier macro, by one that starts a cycle there.
 *
 * The other task takes what the slot holds into its own stack, which that cycle has scanned by then: only the barrier
 * can keep the object, whichever of its instructions the preempted task has still to run. The value that the preempted
 * task stores comes from a stack that is scanned later, and goes to an object that has been scanned.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "kernel/kernel.h"
#include "support/node.h"
#include "support/step.h"

#include "heap/cycle.h"
#include "space/granule.h"

#include <bsp.h>
#include <moat.h>

#include <string.h>

#define ARENA_BYTES (NODE_ARENA_BYTES / 4)
#define STACK_WORDS 512
#define APART_BYTES 64

static MOAT_ROOT(struct node) rooted; /* the target, two nodes */
static MOAT_ROOT(struct node) side;   /* the other side of a swap */
static MOAT_ROOT(struct node) spare;  /* an object for the other task to store */

/* The stack of a task that never runs: the value that is stored. */
static struct node *task_words[2];

/* Invisible to the collector. */
static struct node *target;
static struct node *value;
static uintptr_t value_serial;

/* ---- the other task ---- */

enum meddling {
    STARTS, /* a cycle */
    MARKS,  /* and marks what roots reach, up to the scans of stacks */
    STORES, /* another object into the slot, and starts a cycle */
    MEDDLINGS
};
static enum meddling meddling;

static struct kernel_task collector;
static uintptr_t collector_stack[STACK_WORDS];
static bool started_cycle, held_well;

static bool waits_for_stacks(void) {
    return moat_heap.mark.stage >= MOAT_STAGE_STACKS;
}

static void mark_slice(void) {
    moat_cycle_pace();
}

/* In a handler, so that no stack keeps it. */
static void store_spare(void) {
    MOAT_STORE(target->a, spare);
    MOAT_CLEAR(spare);
}

static __attribute__((noinline)) void meddle(void) {
    if (meddling == STORES) {
        bsp_interrupt(store_spare);
    }
    moat_cycle_start();
    while (meddling == MARKS && !waits_for_stacks()) {
        bsp_interrupt(mark_slice);
    }
}

/* The objects in the slots when the cycle began, or what the preempted task had stored there by then. */
static __attribute__((noinline)) void hold(void) {
    struct node *volatile held[] = {target->a, target->b, target[1].a, side->a};
    uintptr_t serials[4];
    for (int i = 0; i < 4; i++) {
        serials[i] = held[i] == NULL ? 0 : held[i]->serial;
    }
    kernel_sleep();
    moat_cycle_finish();
    node_overwrite_free(ARENA_BYTES);
    held_well = true;
    for (int i = 0; i < 4; i++) {
        held_well = held_well && (held[i] == NULL || held[i]->serial == serials[i]);
        held[i] = NULL;
    }
}

static void collect(void *unused) {
    (void)unused;
    for (;;) {
        kernel_sleep();
        started_cycle = true;
        meddle();
        hold();
    }
}

static void wake_collector(void) {
    kernel_wake(&collector);
}

/* ---- the operations, in the task that is preempted ---- */

static __attribute__((noinline)) void do_store(void) {
    MOAT_STORE(target->a, value);
}

static __attribute__((noinline)) void do_init(void) {
    MOAT_INIT(target[1].b, value);
}

static __attribute__((noinline)) void do_clear(void) {
    MOAT_CLEAR(target->a);
}

static __attribute__((noinline)) void do_swap(void) {
    MOAT_SWAP(target->a, side->a);
}

static __attribute__((noinline)) void do_cas(void) {
    struct node *expected = target->a;
    (void)MOAT_CAS(target->a, expected, value);
}

static __attribute__((noinline)) void do_atomic_store(void) {
    MOAT_ATOMIC_STORE(target->a, value);
}

static __attribute__((noinline)) void do_exchange(void) {
    (void)MOAT_EXCHANGE(target->a, value);
}

static struct node brought[2]; /* no root: the copies bring it */

static void bring(struct node *a) {
    const struct node made[] = {{NULL, a, NULL, 1}, {NULL, NULL, NULL, 2}};
    memcpy(brought, made, sizeof made);
}

static __attribute__((noinline)) void do_move(void) {
    MOAT_MOVE(node_type, target, brought);
}

static __attribute__((noinline)) void do_move_part(void) {
    MOAT_MOVE_PART(node_type, target, brought, offsetof(struct node, a), 2 * sizeof(void *));
}

static __attribute__((noinline)) void do_move_array(void) {
    MOAT_MOVE_ARRAY(node_type, target, brought, 2);
}

static __attribute__((noinline)) void do_move_down(void) {
    MOAT_MOVE(node_type, &target[1], &target[0]);
}

static __attribute__((noinline)) void do_zero(void) {
    MOAT_ZERO(node_type, target);
}

struct operation {
    void (*run)(void);
    int brings; /* `value` is stored to this slot of the target */
};
#define NOTHING (-1)
#define A 0
#define B 1

static const struct node *slot_of(int slot) {
    return slot == A ? target->a : target[1].b;
}

/* ---- one attempt ---- */

static void stay_apart(void) {
    (void)MOAT_NEW_BYTES(APART_BYTES);
}

/* Objects ahead and behind are out of reach of a stale word that keeps one of them. */
static __attribute__((noinline)) bool make_node(MOAT_REF(struct node) * to) {
    stay_apart();
    MOAT_STORE(*to, node_new());
    stay_apart();
    return *to != NULL;
}

static __attribute__((noinline)) void build(void) {
    MOAT_CLEAR(rooted);
    MOAT_CLEAR(side);
    task_words[0] = task_words[1] = target = value = NULL;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    MOAT_STORE(rooted, node_new_array(2));
    MOAT_STORE(side, node_new());
    CHECK(rooted != NULL && side != NULL);
    CHECK(make_node(&rooted[0].a) && make_node(&rooted[0].b) && make_node(&rooted[1].a) && make_node(&side->a));
    CHECK(make_node(&spare) && make_node(&task_words[1]));
    moat_cycle_finish();
    target = rooted;
    value = task_words[1];
    value_serial = value->serial;
    bring(value);
}

/* Its own stores are to what the collector is not to see. */
static MOAT_NO_BARRIER enum step_where attempt(const void *context, uint32_t n) {
    const struct operation *operation = context;
    build();
    if (test_failed()) {
        return STEP_AFTER;
    }
    node_wash_stack();
    started_cycle = held_well = false;
    enum step_where where = step_at(n, operation->run, wake_collector);
    value = NULL;
    bring(NULL);
    if (operation->brings != NOTHING) {
        task_words[1] = NULL;
    }
    bool was_started = started_cycle, sound = test_heap(__FILE__, __LINE__);
    kernel_wake(&collector);
    if (!was_started) {
        test_fail(__FILE__, __LINE__, "the other task has started a cycle");
    } else if (sound && test_heap(__FILE__, __LINE__) && !held_well) {
        test_fail(__FILE__, __LINE__, "what the other task took out of the slots is kept");
    } else if (operation->brings != NOTHING && meddling != STORES &&
               (slot_of(operation->brings) == NULL || slot_of(operation->brings)->serial != value_serial)) {
        test_fail(__FILE__, __LINE__, "what was stored is kept");
    }
    return test_failed() ? STEP_AFTER : where;
}

static void walk(const struct operation *operation) {
    uint32_t points = 0;
    for (meddling = STARTS; meddling < MEDDLINGS && !test_failed(); meddling++) {
        build();
        uint32_t length = test_failed() ? 0 : step_length(operation->run);
        points += step_through(attempt, operation, length);
        if (test_failed()) {
            test_note("failed with the other task's way", meddling);
        }
    }
    test_note("points hit", points);
}

#define OPERATION_CASE(name, brings)                                                                                   \
    static void each_instruction_of_##name(void) {                                                                     \
        static const struct operation operation = {do_##name, brings};                                                 \
        walk(&operation);                                                                                              \
    }

OPERATION_CASE(store, A)
OPERATION_CASE(init, B)
OPERATION_CASE(clear, NOTHING)
OPERATION_CASE(swap, NOTHING)
OPERATION_CASE(cas, NOTHING)
OPERATION_CASE(atomic_store, A)
OPERATION_CASE(exchange, A)
OPERATION_CASE(move, A)
OPERATION_CASE(move_part, A)
OPERATION_CASE(move_array, A)
OPERATION_CASE(move_down, NOTHING)
OPERATION_CASE(zero, NOTHING)

static bool started;

static void heap_starts(void) {
    CHECK(started);
    kernel_start();
    kernel_task_start(&collector, "collector", 1, collector_stack, STACK_WORDS, collect, NULL);
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
    TEST_CASE(each_instruction_of_move_down),
    TEST_CASE(each_instruction_of_zero),
};

int main(void) {
    started = node_heap_start_with(ARENA_BYTES, task_words, sizeof task_words);
    node_wash_stack();
    return TEST_MAIN(cases);
}
