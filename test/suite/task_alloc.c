/* A task that is preempted at each instruction of an allocation, by one that starts cycles and ends them: the object
 * that is made is there, whole and zero, and so is the heap.
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

#define ARENA_BYTES (6144 * MOAT_GRANULE) /* a stale word may keep some of the large objects of former attempts */
#define USED_BYTES (1024 * MOAT_GRANULE)
#define STACK_WORDS 512
#define LARGE_BYTES (600 * MOAT_GRANULE) /* claimed in two parts */
#define HOLE_BYTES 40

struct table {
    MOAT_REF(struct node) nodes[40];
};
MOAT_TYPE(table_type, struct table, nodes);

static MOAT_ROOT(struct node) list;

/* ---- the other task ---- */

enum meddling {
    STARTS,            /* a cycle */
    COLLECTS,          /* a whole one */
    COLLECTS_AND_USES, /* and uses what is free */
    SWEEPS,            /* half of the heap */
    MEDDLINGS
};
static enum meddling meddling;

static struct kernel_task collector;
static uintptr_t collector_stack[STACK_WORDS];

static void sweep_half(void) {
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    while (moat_heap.sweep.arena != NULL && moat_heap.sweep.word < moat_arena_words(moat_heap.sweep.arena) / 2) {
        moat_cycle_step(4);
    }
}

static void collect(void *unused) {
    (void)unused;
    for (;;) {
        kernel_sleep();
        moat_cycle_finish();
        moat_cycle_start();
        if (meddling == SWEEPS) {
            sweep_half();
        } else if (meddling != STARTS) {
            moat_cycle_finish();
        }
        if (meddling == COLLECTS_AND_USES) {
            node_overwrite_free(USED_BYTES);
        }
    }
}

static void wake_collector(void) {
    kernel_wake(&collector);
}

/* ---- the operations ---- */

static void *volatile made; /* cleared before the next cycle is started: it keeps nothing */

static __attribute__((noinline)) void make_node(void) {
    made = MOAT_NEW(node_type);
}

static __attribute__((noinline)) void make_table(void) {
    made = MOAT_NEW(table_type);
}

static __attribute__((noinline)) void make_bytes(void) {
    made = MOAT_NEW_BYTES(HOLE_BYTES);
}

static __attribute__((noinline)) void make_large(void) {
    made = MOAT_NEW_BYTES(LARGE_BYTES);
}

struct operation {
    void (*run)(void);
    size_t bytes;
    bool uses_chunk; /* which is to be used up first */
};

/* ---- one attempt ---- */

static void use_chunk_up(void) {
    while (moat_heap.chunk.limit - moat_heap.chunk.at >= 5 * MOAT_GRANULE) {
        (void)MOAT_NEW_BYTES(moat_heap.chunk.limit - moat_heap.chunk.at > 100 * MOAT_GRANULE ? 60 : 8);
    }
}

/* Dead objects between live ones, and a list that marking has to go along. */
static __attribute__((noinline)) void build(const struct operation *operation) {
    MOAT_CLEAR(list);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    for (int i = 0; i < 60; i++) {
        CHECK(node_push(&list));
        (void)MOAT_NEW_BYTES(HOLE_BYTES);
    }
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    if (operation->uses_chunk) {
        use_chunk_up();
    }
}

static __attribute__((noinline)) bool is_whole(const unsigned char *object, size_t bytes, unsigned char with) {
    for (size_t i = 0; i < bytes; i++) {
        if (object[i] != with) {
            return false;
        }
    }
    struct moat_object found;
    return moat_object_find(object, &found) && found.start == object && found.bytes >= bytes &&
           found.bytes < bytes + 2 * MOAT_GRANULE;
}

static enum step_where attempt(const void *context, uint32_t n) {
    const struct operation *operation = context;
    build(operation);
    if (test_failed()) {
        return STEP_AFTER;
    }
    enum step_where where = step_at(n, operation->run, wake_collector);
    unsigned char *volatile object = made;
    made = NULL;
    if (object == NULL) {
        test_fail(__FILE__, __LINE__, "there is memory");
    } else if (test_heap(__FILE__, __LINE__) && !is_whole(object, operation->bytes, 0)) {
        test_fail(__FILE__, __LINE__, "the object is whole and zero");
    } else {
        moat_cycle_finish();
        node_overwrite_free(USED_BYTES);
        if (test_heap(__FILE__, __LINE__) && !is_whole(object, operation->bytes, 0)) {
            test_fail(__FILE__, __LINE__, "the object is kept");
        }
    }
    object = NULL;
    return test_failed() ? STEP_AFTER : where;
}

static bool started;

/* Each case may run by itself. */
static void start_collector(void) {
    static bool runs;
    if (!runs) {
        runs = true;
        kernel_start();
        kernel_task_start(&collector, "collector", 1, collector_stack, STACK_WORDS, collect, NULL);
    }
}

static void walk(const struct operation *operation) {
    uint32_t points = 0;
    CHECK(started);
    start_collector();
    for (meddling = STARTS; meddling < MEDDLINGS && !test_failed(); meddling++) {
        points += step_through(attempt, operation, 0);
        if (test_failed()) {
            test_note("failed with the other task's way", meddling);
        }
    }
    test_note("points hit", points);
    CHECK(test_failed() || points > 0);
}

#define OPERATION_CASE(name, bytes, uses_chunk)                                                                        \
    static void each_instruction_of_##name(void) {                                                                     \
        static const struct operation operation = {make_##name, bytes, uses_chunk};                                    \
        walk(&operation);                                                                                              \
    }

OPERATION_CASE(node, sizeof(struct node), true)
OPERATION_CASE(table, sizeof(struct table), true)
OPERATION_CASE(bytes, HOLE_BYTES, false)
OPERATION_CASE(large, LARGE_BYTES, true)

static const struct test_case cases[] = {
    TEST_CASE(each_instruction_of_node),
    TEST_CASE(each_instruction_of_table),
    TEST_CASE(each_instruction_of_bytes),
    TEST_CASE(each_instruction_of_large),
};

int main(void) {
    static _Alignas(16) unsigned char arena[ARENA_BYTES];
    started = moat_init() == MOAT_OK && moat_arena_add(arena, sizeof arena) == MOAT_OK;
    node_wash_stack();
    return TEST_MAIN(cases);
}
