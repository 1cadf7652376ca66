/* A heap with one of everything, for the debugger's commands: test/gdb/test_gdb.py stops in stop_here and compares what
 * they say with the facts that this prints, `fact STAGE NAME NUMBER`, from moat's own answers.
 *
 * The first boot leaves a fault in the log and resets.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"

#include "heap/cycle.h"
#include "space/granule.h"

#include <bsp.h>
#include <moat.h>

#include <stdio.h>

#define LIST_LENGTH 5
#define WIDE_SLOTS 32769u
#define SECOND_ARENA_BYTES 8192
#define GAPS 12
#define GAP_BYTES 72

struct node {
    MOAT_REF(struct node) next;
    int value;
};
MOAT_TYPE(node_type, struct node, next);

struct tree {
    MOAT_REF(struct tree) left;
    MOAT_REF(struct tree) right;
    char name[6];
};
MOAT_TYPE(tree_type, struct tree, left, right);

struct pair {
    uint32_t key;
    MOAT_REF(struct node) node;
};
MOAT_TYPE(pair_type, struct pair, node);

struct bag {
    uint32_t count;
    MOAT_REF(struct node) items[];
};
MOAT_TYPE_FLEX(bag_type, struct bag, MOAT_TAIL_SLOTS(struct bag, items));

struct cell {
    uint16_t flags;
    MOAT_REF(struct tree) tree;
};

struct block {
    uint32_t key;
    MOAT_REF(struct node) nodes[2];
    struct cell cells[3];
};

struct grid {
    struct cell cells[60];
    struct block blocks[2][4];
    union {
        double ratio;
        uint32_t words[2];
    };
    MOAT_REF(struct grid) last;
};
MOAT_TYPE_RUNS(grid_type, struct grid, MOAT_RUN_STRUCTS(struct grid, cells, struct cell, tree),
               MOAT_RUN_NESTED_STRUCTS(struct grid, blocks, struct block, cells, struct cell, tree),
               MOAT_RUN_NESTED(struct grid, blocks, struct block, nodes), MOAT_RUN_SLOTS(struct grid, last));

struct wide {
    MOAT_REF(void) slots[WIDE_SLOTS];
};
MOAT_TYPE_RUNS(wide_type, struct wide, MOAT_RUN_SLOTS(struct wide, slots));

/* core has another struct of this name. */
struct view {
    int number;
    MOAT_REF(struct node) owner;
};

static void close_view(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(view_type, struct view, close_view, owner);

struct holder {
    int unused;
    MOAT_REF(struct node) node;
};
MOAT_TYPE(holder_type, struct holder, node);

static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct tree) trees[2];
static MOAT_ROOT(struct pair) pairs;
static MOAT_ROOT(struct bag) bag;
static MOAT_ROOT(struct grid) grid;
static MOAT_ROOT(struct wide) wide;
static MOAT_ROOT(struct view) view;
MOAT_ROOT_OF(holder_type, struct holder, holder);
static struct holder added;

static _Alignas(16) unsigned char second_arena[SECOND_ARENA_BYTES];
static moat_word worker_words[64];
static struct moat_stack worker = {.name = "worker"};

static uintptr_t hidden_garbage, hidden_gap;
static unsigned nodes_made, trees_made;

/* The debugger has moat_heap_check fill it in. */
static struct moat_heap_error broken;

static const char *volatile stage;

/* Where the debugger stops. */
__attribute__((noinline)) static void stop_here(void) {
    __asm__ volatile("" : : : "memory");
}

static void fact(const char *name, uintptr_t number) {
    printf("fact %s %s %lu\n", stage, name, (unsigned long)number);
}

static void object_fact(const char *name, const void *pointer) {
    struct moat_object object = {0};
    (void)moat_object_find(pointer, &object);
    printf("fact %s %s %lu\nfact %s %s.bytes %lu\n", stage, name, (unsigned long)(uintptr_t)object.start, stage, name,
           (unsigned long)object.bytes);
}

static bool in_use(const struct moat_arena *arena, uint32_t granule) {
    const struct moat_bits *bits = &arena->bits[granule >> 5];
    return ((bits->start | bits->mark) & moat_bit(granule)) != 0;
}

static uintptr_t hole_count, hole_largest;

static void count_hole(uintptr_t bytes) {
    hole_count += bytes != 0;
    hole_largest = bytes > hole_largest ? bytes : hole_largest;
}

static void count_holes(const struct moat_lists *lists) {
    for (unsigned i = 0; i < MOAT_LISTS; i++) {
        for (const struct moat_hole *hole = lists->holes[i]; hole != NULL; hole = hole->next) {
            count_hole(moat_bytes(i <= MOAT_EXACT_HOLES ? i : (uint32_t)hole->granules));
        }
    }
}

static void count_free_runs(const struct moat_arena *arena) {
    uint32_t run = 0;
    for (uint32_t granule = arena->first; granule < arena->granules; granule++) {
        if (in_use(arena, granule)) {
            count_hole(moat_bytes(run));
        }
        run = in_use(arena, granule) ? 0 : run + 1;
    }
}

/* The free memory that allocations can use: free granules, the holes in lists, and the chunk. */
static void hole_facts(void) {
    hole_count = hole_largest = 0;
    count_hole(moat_heap.chunk.limit - moat_heap.chunk.at);
    count_holes(&moat_heap.lists);
    count_holes(&moat_heap.aside);
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        count_free_runs(moat_heap.arenas.table[i]);
    }
    fact("holes", hole_count);
    fact("largest", hole_largest);
}

/* Once it is freed another object may lie there. */
static bool garbage_is_there(void) {
    struct moat_object object;
    return moat_object_find((const void *)~hidden_garbage, &object) && object.type == &node_type;
}

static void stop_at(const char *name) {
    struct moat_stats stats = {0};
    stage = name;
    (void)moat_stats_get(&stats);
    fact("arena_bytes", stats.arena_bytes);
    fact("free_bytes", stats.free_bytes);
    fact("cycles", stats.cycles);
    fact("phase", stats.phase);
    fact("broken", (uintptr_t)moat_heap_check(&broken));
    fact("nodes", nodes_made - (hidden_garbage != 0 && !garbage_is_there()));
    fact("trees", trees_made);
    hole_facts();
    stop_here();
}

static struct node *node_with(int value, struct node *next) {
    struct node *node = MOAT_NEW(node_type);
    node->value = value;
    MOAT_INIT(node->next, next);
    nodes_made++;
    return node;
}

static struct tree *grow(int depth) {
    if (depth == 0) {
        return NULL;
    }
    struct tree *tree = MOAT_NEW(tree_type);
    trees_made++;
    tree->name[0] = 'd';
    tree->name[1] = (char)('0' + depth);
    MOAT_STORE(tree->left, grow(depth - 1));
    MOAT_STORE(tree->right, grow(depth - 1));
    return tree;
}

__attribute__((noinline)) static void build_slots(void) {
    for (int i = 0; i < LIST_LENGTH; i++) {
        MOAT_STORE(list, node_with(i, list));
    }
    MOAT_STORE(trees[1], grow(3));
    MOAT_STORE(pairs, moat_new_array(&pair_type, 4));
    MOAT_STORE(pairs[2].node, node_with(102, NULL));
    pairs[2].key = 7;
    MOAT_STORE(bag, moat_new_flex(&bag_type, 9));
    MOAT_STORE(bag->items[8], node_with(108, NULL));
    MOAT_STORE(grid, MOAT_NEW(grid_type));
    MOAT_STORE(grid->cells[57].tree, grow(1));
    MOAT_STORE(grid->blocks[1][2].cells[1].tree, grow(1));
    MOAT_STORE(grid->blocks[1][3].nodes[1], node_with(133, NULL));
    MOAT_STORE(grid->last, grid);
    grid->ratio = 0.75;
    MOAT_STORE(wide, MOAT_NEW(wide_type));
    MOAT_STORE(wide->slots[WIDE_SLOTS - 1], node_with(132, NULL));
    MOAT_STORE(view, MOAT_NEW(view_type));
    view->number = 3;
    MOAT_STORE(view->owner, list);
}

/* Raw bytes that nothing keeps, between nodes: holes once they are collected. */
__attribute__((noinline)) static void build_gaps(void) {
    for (int i = 0; i < GAPS; i++) {
        MOAT_STORE(holder.node, node_with(300 + i, holder.node));
        hidden_gap = hide(MOAT_NEW_BYTES(GAP_BYTES));
    }
    object_fact("gap", (void *)~hidden_gap);
}

__attribute__((noinline)) static void build_rest(void) {
    (void)moat_root_add(&added, &holder_type, 1);
    MOAT_STORE(added.node, node_with(202, NULL));
    unsigned char *pinned = MOAT_NEW_BYTES(100);
    (void)moat_pin(pinned);
    (void)moat_pin(pinned + 1);
    struct node *handled = node_with(203, NULL);
    uint32_t handle = moat_handle_new(handled);
    void *persistent = moat_persistent_new(&node_type, 1);
    nodes_made++;
    char *on_stack = MOAT_NEW_BYTES(24);
    worker_words[40] = (moat_word)(on_stack + 5);
    worker.low = (uintptr_t)worker_words;
    worker.high = (uintptr_t)(worker_words + 64);
    worker.sp = (uintptr_t)(worker_words + 20);
    (void)moat_stack_add(&worker);
    struct node *garbage = node_with(204, list);
    hidden_garbage = hide(garbage);
    object_fact("pinned", pinned);
    object_fact("handled", handled);
    fact("handle", handle);
    object_fact("persistent", persistent);
    object_fact("on_stack", on_stack);
    object_fact("garbage", garbage);
}

static void print_facts(void) {
    object_fact("list", list);
    object_fact("list.last", list->next->next->next->next);
    object_fact("tree", trees[1]);
    object_fact("tree.right.left", trees[1]->right->left);
    object_fact("pairs", pairs);
    object_fact("pairs.node", pairs[2].node);
    object_fact("bag", bag);
    object_fact("bag.item", bag->items[8]);
    object_fact("grid", grid);
    object_fact("grid.tree", grid->cells[57].tree);
    object_fact("grid.inner", grid->blocks[1][2].cells[1].tree);
    object_fact("grid.nested", grid->blocks[1][3].nodes[1]);
    object_fact("wide", wide);
    object_fact("wide.last", wide->slots[WIDE_SLOTS - 1]);
    object_fact("view", view);
    object_fact("holder.node", holder.node);
    object_fact("added.node", added.node);
}

/* Half-way: something is grey; part of the memory is swept. */
static void step_to(enum moat_phase phase) {
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    bool there = false;
    while (!there) {
        moat_cycle_step(1);
        there = moat_heap.cycle.phase == phase &&
                (phase == MOAT_PHASE_MARK ? arena->grey != moat_grey_end(arena) : moat_heap.sweep.word > 40);
    }
}

static void handle_interrupt(void) {
    stop_here();
    __asm__ volatile("" : : : "memory"); /* a frame of its own */
}

/* A node that only this frame knows. */
__attribute__((noinline)) static void stop_in_handler(void) {
    struct node *volatile local = node_with(205, NULL);
    stage = "handler";
    object_fact("local", local);
    bsp_interrupt(handle_interrupt);
    (void)local->value;
}

int main(void) {
    bsp_init();
    if (bsp_boot_count() == 1) {
        bsp_on_trap(BSP_TRAP_RESET);
        moat_fault_clear();
        moat_fault_assert();
    }
    stop_at("before");
    stage = "built";
    if (moat_init() != MOAT_OK || moat_arena_add(second_arena, sizeof second_arena) != MOAT_OK) {
        bsp_exit(1);
    }
    build_slots();
    build_gaps();
    build_rest();
    scrub_stack();
    print_facts();
    scrub_stack();
    stop_at("built");
    moat_cycle_start();
    step_to(MOAT_PHASE_MARK);
    stop_at("mark");
    step_to(MOAT_PHASE_SWEEP);
    stop_at("sweep");
    moat_cycle_finish();
    (void)moat_gc_collect();
    stage = "collected";
    fact("gap.alive", is_alive(hidden_gap));
    (void)MOAT_NEW_BYTES(200);     /* so that the search passes holes, which are too small for it */
    MOAT_STORE(trees[0], grow(1)); /* so that there is a chunk */
    fact("chunk", moat_heap.chunk.limit - moat_heap.chunk.at);
    stop_at("collected");
    stop_in_handler();
    bsp_exit(0);
}
