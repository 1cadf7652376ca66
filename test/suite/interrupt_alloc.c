/* A handler that allocates and stores, at each instruction of an allocation: on the fast path, at a refill, for an
 * array and for a large object, wherever the collector stands. So it comes at each instruction of a cycle's start with
 * the scan of the stack, of the end of marking and of the end of the sweep as well.
 *
 * Before it begins, the thread takes the only pointer to an object out of the heap: its own stack or a register holds
 * it.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "space/holes.h"
#include "harness.h"
#include "support/node.h"
#include "support/situation.h"
#include "support/step.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES TEST_ROOM(NODE_ARENA_BYTES / 8 * 3, NODE_ARENA_BYTES)
#define CHAIN 6
#define VOLUME 12 /* slices that a handler runs */
#define ARRAY_NODES 4
#define LARGE_NODES 20 /* more granules than a small object has */

static MOAT_ROOT(struct node) chain;
static MOAT_ROOT(struct node) handled; /* the handler's list */
static MOAT_ROOT(struct node) spot;    /* the handler's slot */

/* The stack of a task that never runs: a chain whose nodes are white until that stack has been scanned. */
static struct node *task[1];

static struct node *shared; /* in the chain: the handler works on its slots; invisible to the collector here */
static struct node *made;   /* what the operation returned */
static uintptr_t first_serial;
static uint32_t handled_count;

static __attribute__((noinline)) void build(void) {
    MOAT_CLEAR(chain);
    MOAT_CLEAR(handled);
    MOAT_CLEAR(spot);
    task[0] = shared = made = NULL;
    handled_count = 0;
    first_serial = node_serial() + 1;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK); /* so that the heap is much the same each time */
    for (int i = 0; i < CHAIN; i++) {
        CHECK(node_push(&chain) && node_push(&task[0]) && node_new() != NULL);
    }
    MOAT_STORE(task[0]->a, node_new());
    MOAT_STORE(task[0]->b, node_new());
    CHECK(task[0]->a != NULL && task[0]->b != NULL);
    shared = task[0];
}

/* ---- the handler ---- */

static void interrupt(void) {
    enum moat_phase phase = moat_heap.cycle.phase;
    uint32_t cycle = moat_heap.cycle.number;
    MOAT_STORE(spot, shared->b);
    MOAT_STORE(shared->b, node_new());
    MOAT_STORE(shared->a, spot);
    CHECK(shared->b != NULL);
    for (uint32_t i = 0; i < VOLUME; i++) {
        struct node *nodes = node_new_array(1);
        CHECK(nodes != NULL);
        if (i % 4 == 0) {
            MOAT_INIT(nodes->next, handled);
            MOAT_STORE(handled, nodes);
            handled_count++;
        }
    }
    CHECK_EQUAL(moat_heap.cycle.phase, phase);
    CHECK_EQUAL(moat_heap.cycle.number, cycle);
}

/* ---- the operations ---- */

static __attribute__((noinline)) void do_node(void) {
    made = MOAT_NEW(node_type);
}

static __attribute__((noinline)) void do_array(void) {
    made = MOAT_NEW_ARRAY(node_type, ARRAY_NODES);
}

static __attribute__((noinline)) void do_large(void) {
    made = MOAT_NEW_ARRAY(node_type, LARGE_NODES);
}

static __attribute__((noinline)) void do_bytes(void) {
    made = MOAT_NEW_BYTES(LARGE_NODES * sizeof(struct node));
}

static __attribute__((noinline)) void do_small_bytes(void) {
    made = MOAT_NEW_BYTES(sizeof(struct node));
}

static uintptr_t room(void) {
    return moat_heap.chunk.limit - moat_heap.chunk.at;
}

/* Uses up the chunk; the collector stays where it is. */
static void refill(void) {
    for (int i = 0; i < 2000 && room() <= node_type.extent && moat_heap.cycle.phase == MOAT_PHASE_IDLE; i++) {
        CHECK(MOAT_NEW_ARRAY(node_type, 1) != NULL);
    }
}

static void arrange_room(void) {
    bsp_interrupt(refill);
    CHECK(room() > node_type.extent ||
          moat_heap.cycle.phase != MOAT_PHASE_IDLE); /* while a cycle runs there is no chunk */
}

static void arrange_no_room(void) {
    while (room() >= node_type.extent) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
}

/* A hole of exactly that size, which is not zero: while a cycle runs there is none that the fast path looks at. */
static void arrange_hole(void) {
    uintptr_t extent = MOAT_EXTENT_(sizeof(struct node));
    moat_raw *bytes = MOAT_NEW_BYTES(sizeof(struct node));
    CHECK(bytes != NULL);
    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE && !test_failed()) {
        bytes[1] = 1;
        moat_port_mask_t masked = moat_port_mask();
        moat_holes_file(&moat_heap.lists, moat_heap.arenas.table[0]->bias, (uintptr_t)(bytes - 1),
                        moat_granules(extent));
        moat_port_unmask(masked);
    }
}

static void arrange_nothing(void) {
}

struct operation {
    void (*run)(void);
    void (*arrange)(void);
    size_t nodes;
    uint32_t least; /* points: instructions of the shortest path, without the collector's work */
};

/* ---- one attempt ---- */

static bool is_ours(const struct node *node) {
    return node == NULL || (node->serial >= first_serial && node->serial <= node_serial());
}

static void verify_list(const struct node *list, uint32_t expected) {
    uint32_t length = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        CHECK(is_ours(node) && is_ours(node->a) && is_ours(node->b));
        length++;
    }
    CHECK_EQUAL(length, expected);
}

static void verify(const struct operation *operation, const struct node *held, uintptr_t held_serial,
                   const struct node *mine) {
    CHECK_HEAP();
    CHECK_EQUAL(held->serial, held_serial);
    verify_list(chain, CHAIN);
    verify_list(task[0], CHAIN);
    verify_list(handled, handled_count);
    CHECK(is_ours(spot));
    struct moat_object object;
    CHECK(moat_object_find(mine, &object));
    CHECK_POINTER(object.start, mine);
    CHECK(object.bytes >= operation->nodes * sizeof(struct node));
    for (size_t i = 0; i < operation->nodes; i++) {
        CHECK_EQUAL(mine[i].serial, UINTPTR_MAX - i);
        CHECK(mine[i].next == NULL && mine[i].a == NULL && mine[i].b == NULL);
    }
}

/* Zero as promised; then marked as the thread's own. */
static void claim_made(const struct operation *operation) {
    CHECK(made != NULL);
    for (size_t i = 0; i < operation->nodes; i++) {
        CHECK(made[i].next == NULL && made[i].a == NULL && made[i].b == NULL);
        CHECK_EQUAL(made[i].serial, 0);
        made[i].serial = UINTPTR_MAX - i;
    }
}

struct setting {
    const struct operation *operation;
    enum situation situation;
};

static void prepare(const struct setting *setting) {
    build();
    CHECK(!test_failed());
    node_wash_stack();
    CHECK(situation_enter(setting->situation));
    setting->operation->arrange();
}

/* Takes out the pointer that `a` of a shared node holds. */
static __attribute__((noinline)) struct node *take_out(void) {
    struct node *taken = shared->a;
    MOAT_CLEAR(shared->a);
    return taken;
}

static enum step_where attempt(const void *context, uint32_t n) {
    const struct setting *setting = context;
    const struct operation *operation = setting->operation;
    prepare(setting);
    if (test_failed()) {
        return STEP_AFTER;
    }
    struct node *volatile held = take_out();
    uintptr_t held_serial = held->serial;
    enum step_where where = step_at(n, operation->run, interrupt);
    struct node *volatile mine = made;
    if (!test_failed()) {
        claim_made(operation);
    }
    if (!test_failed() && test_heap(__FILE__, __LINE__)) {
        situation_leave(ARENA_BYTES);
        verify(operation, held, held_serial, mine);
    }
    return test_failed() ? STEP_AFTER : where;
}

/* ---- the cases ---- */

static void walk_all(const struct operation *operation) {
    uint32_t points = 0;
    for (enum situation situation = 0; situation < SITUATIONS && !test_failed(); situation++) {
        points += step_through(attempt, &(const struct setting){operation, situation}, operation->least);
        if (test_failed()) {
            test_note("in situation", situation);
        }
    }
    test_note("points hit", points);
}

static void each_instruction_of_the_fast_path(void) {
    walk_all(&(const struct operation){do_node, arrange_room, 1, 15});
}

static void each_instruction_of_a_refill(void) {
    walk_all(&(const struct operation){do_node, arrange_no_room, 1, 30});
}

static void each_instruction_of_an_array(void) {
    walk_all(&(const struct operation){do_array, arrange_nothing, ARRAY_NODES, 40});
}

static void each_instruction_of_a_large_array(void) {
    walk_all(&(const struct operation){do_large, arrange_nothing, LARGE_NODES, 200});
}

static void each_instruction_of_bytes_in_a_hole(void) {
    walk_all(&(const struct operation){do_small_bytes, arrange_hole, 1, 20});
}

static void each_instruction_of_large_bytes(void) {
    walk_all(&(const struct operation){do_bytes, arrange_nothing, LARGE_NODES, 200});
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(each_instruction_of_the_fast_path),
    TEST_CASE(each_instruction_of_a_refill),
    TEST_CASE(each_instruction_of_an_array),
    TEST_CASE(each_instruction_of_a_large_array),
    TEST_CASE(each_instruction_of_bytes_in_a_hole),
    TEST_CASE(each_instruction_of_large_bytes),
};

int main(void) {
    started = node_heap_start_with(ARENA_BYTES, task, sizeof task);
    return TEST_MAIN(cases);
}
