/* A heap of every kind of object, root and hole, dumped at several moments; before each dump the firmware prints what
 * it knows of its heap from moat's own interface. test/heapmap/test_target.py compares the page of tools/moat-heapmap
 * with that.
 *
 *     figure NAME VALUE             of the dump that follows
 *     type NAME OBJECTS BYTES
 *     label NAME ADDRESS            what the page must say something about
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"
#include "fresh_heap.h"
#include "base/port.h"
#include "space/granule.h"

#include <bsp.h>
#include <moat.h>

#include <stdio.h>
#include <string.h>

#define NODES 60
#define DEPTH 4
#define PAIRS 12
#define ENTRIES 20
#define LARGE_BYTES 3000
#define SECRET "the user's own data"

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

struct tree {
    MOAT_REF(struct tree) branch[2];
    MOAT_REF(void) label;
};
MOAT_TYPE(tree_type, struct tree, branch, label);

struct pair {
    MOAT_REF(struct node) first;
    MOAT_REF(struct node) second;
};
MOAT_TYPE(pair_type, struct pair, first, second);

struct entry {
    uintptr_t key;
    MOAT_REF(struct node) value;
};

struct table {
    uintptr_t count;
    struct entry entries[];
};
MOAT_TYPE_FLEX(table_type, struct table, MOAT_TAIL_STRUCTS(struct table, entries, struct entry, value));

struct text {
    char letters[20];
};
MOAT_TYPE(text_type, struct text);

struct port {
    uint32_t number;
};
static void close_port(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(port_type, struct port, close_port);

static MOAT_ROOT(struct node) list;
static MOAT_ROOT(struct tree) tree;
static MOAT_ROOT(struct table) table;
static MOAT_ROOT(struct pair) pairs;
static MOAT_ROOT(void) large;
static MOAT_ROOT(struct port) ports;
MOAT_ROOT_OF(pair_type, struct pair, both);
static struct pair added;
static uintptr_t words[64];
static struct moat_stack stack = {.name = "worker"};
static _Alignas(16) unsigned char second_arena[4096];

/* ---- what the firmware knows of its heap ---- */

static const struct moat_type *const types[] = {&node_type, &tree_type, &pair_type,      &table_type,
                                                &text_type, &port_type, &moat_type_bytes};
#define TYPES (sizeof types / sizeof types[0])

static struct { unsigned objects, bytes; } known[TYPES + 1]; /* the last: of types that are moat's own */

static void count_object(const struct moat_object *object) {
    size_t i = 0;
    while (i < TYPES && types[i] != object->type) {
        i++;
    }
    known[i].objects++;
    known[i].bytes += (unsigned)(object->bytes + MOAT_WORD_BYTES);
}

/* By the interface alone: each address is asked for its object. */
static void count_arena(uintptr_t low, uintptr_t high) {
    for (uintptr_t at = low; at < high;) {
        struct moat_object object;
        bool found = moat_object_find((const void *)at, &object);
        if (found) {
            count_object(&object);
        }
        at = found ? (uintptr_t)object.start + object.bytes : at;
        at += found ? MOAT_WORD_BYTES : MOAT_GRANULE;
    }
}

static uintptr_t largest_listed(const struct moat_lists *lists) {
    uintptr_t largest = 0;
    for (unsigned i = 0; i < MOAT_LISTS; i++) {
        for (const struct moat_hole *hole = lists->holes[i]; hole != NULL; hole = hole->next) {
            uintptr_t bytes = (i <= MOAT_EXACT_HOLES ? i : hole->granules) * MOAT_GRANULE;
            largest = bytes > largest ? bytes : largest;
        }
    }
    return largest;
}

static uintptr_t largest_run(const struct moat_arena *arena) {
    uintptr_t largest = 0, run = 0;
    for (uint32_t granule = arena->first; granule < arena->granules; granule++) {
        const struct moat_bits *bits = &arena->bits[granule >> 5];
        bool free = ((bits->start | bits->mark) >> (granule & 31u) & 1u) == 0;
        run = free ? run + MOAT_GRANULE : 0;
        largest = run > largest ? run : largest;
    }
    return largest;
}

static uintptr_t larger(uintptr_t a, uintptr_t b) {
    return a > b ? a : b;
}

static unsigned largest_hole(void) {
    uintptr_t largest = larger(moat_heap.chunk.limit - moat_heap.chunk.at,
                               larger(largest_listed(&moat_heap.lists), largest_listed(&moat_heap.aside)));
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        largest = larger(largest, largest_run(moat_heap.arenas.table[i]));
    }
    return (unsigned)largest;
}

static void figure(const char *name, unsigned long value) {
    printf("figure %s %lu\n", name, value);
}

static void label(const char *name, const void *object) {
    printf("label %s %#lx\n", name, (unsigned long)(uintptr_t)object);
}

static void print_figures(void) {
    unsigned objects = 0, bytes = 0;
    memset(known, 0, sizeof known);
    for (unsigned i = 0; i < moat_heap.arenas.count; i++) {
        const struct moat_arena *arena = moat_heap.arenas.table[i];
        count_arena(arena->low + MOAT_WORD_BYTES, arena->low + arena->span - MOAT_GRANULE);
    }
    for (unsigned i = 0; i <= TYPES; i++) {
        objects += known[i].objects;
        bytes += known[i].bytes;
        if (i < TYPES) {
            printf("type %s %u %u\n", types[i]->name, known[i].objects, known[i].bytes);
        }
    }
    struct moat_stats stats;
    moat_stats_get(&stats);
    figure("objects", objects);
    figure("bytes", bytes);
    figure("free", stats.free_bytes);
    figure("arena", stats.arena_bytes);
    figure("largest", largest_hole());
    figure("pins", moat_pin_count());
    figure("phase", stats.phase);
    figure("cycles", stats.cycles);
}

static void dump(const char *moment) {
    printf("moment %s\n", moment);
    print_figures();
    uint32_t clock = moat_port_clock();
    moat_heap_dump();
    printf("instructions %lu\n", (unsigned long)(moat_port_clock() - clock));
    struct moat_heap_error error;
    printf("sound %d\n", moat_heap_check(&error) == MOAT_OK);
}

/* ---- the heap ---- */

static __attribute__((noinline)) struct tree *grow(unsigned depth, unsigned key) {
    struct tree *top = MOAT_NEW(tree_type);
    char *letters = MOAT_NEW_BYTES(24);
    (void)snprintf(letters, 24, "%s", SECRET);
    MOAT_INIT(top->label, letters);
    for (unsigned i = 0; depth > 1 && i < 2; i++) {
        struct tree *branch = grow(depth - 1, 2 * key + i);
        MOAT_STORE(top->branch[i], branch);
    }
    return top;
}

static __attribute__((noinline)) void build_list(void) {
    for (unsigned i = 0; i < NODES; i++) {
        struct node *node = MOAT_NEW(node_type);
        node->number = i;
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
        (void)MOAT_NEW(text_type); /* dies at once */
    }
}

static __attribute__((noinline)) void build_arrays(void) {
    MOAT_STORE(pairs, MOAT_NEW_ARRAY(pair_type, PAIRS));
    MOAT_STORE(table, MOAT_NEW_FLEX(table_type, ENTRIES));
    table->count = ENTRIES;
    for (unsigned i = 0; i < ENTRIES; i++) {
        table->entries[i].key = i;
        MOAT_STORE(table->entries[i].value, i % 2 != 0 ? list : NULL);
    }
    for (unsigned i = 0; i < PAIRS; i++) {
        MOAT_STORE(pairs[i].second, MOAT_NEW(node_type));
    }
    MOAT_STORE(large, MOAT_NEW_BYTES(LARGE_BYTES));
    memcpy(large, SECRET, sizeof SECRET);
}

/* Each kept by one thing only. */
static __attribute__((noinline)) void build_kept(void) {
    struct node *pinned = MOAT_NEW(node_type), *handled = MOAT_NEW(node_type), *waiting = MOAT_NEW(node_type);
    moat_pin(pinned);
    moat_pin(pinned);
    moat_pin(tree);
    moat_handle_new(handled);
    MOAT_STORE(both.first, MOAT_NEW(node_type));
    MOAT_STORE(added.second, MOAT_NEW(node_type));
    words[40] = (uintptr_t)waiting;
    MOAT_STORE(ports, MOAT_NEW(port_type));
    const void *persistent = moat_persistent_new(&text_type, 1);
    label("pinned", pinned);
    label("handled", handled);
    label("typed-root", both.first);
    label("added-root", added.second);
    label("stack", waiting);
    label("persistent", persistent);
    label("table-entry", &table->entries[3].value);
    label("leaf", tree->branch[1]->branch[0]->branch[1]->label);
}

static void collect(void) {
    scrub_stack();
    moat_gc_collect();
    scrub_stack();
}

static void step_to(enum moat_phase phase, unsigned steps) {
    while (moat_heap.cycle.phase != phase) {
        if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
            moat_cycle_start();
        }
        moat_cycle_step(1);
    }
    for (unsigned i = 0; i < steps && moat_heap.cycle.phase == phase; i++) {
        moat_cycle_step(1);
    }
}

static void drop_half(void) {
    for (struct node *node = list; node != NULL && node->next != NULL; node = node->next) {
        MOAT_STORE(node->next, node->next->next);
    }
}

int main(void) {
    bsp_init();
    stack.low = (uintptr_t)words;
    stack.high = (uintptr_t)(words + 64);
    stack.sp = (uintptr_t)(words + 8);
    if (moat_init() != MOAT_OK || moat_arena_add(second_arena, sizeof second_arena) != MOAT_OK ||
        moat_stack_add(&stack) != MOAT_OK || moat_root_add(&added, &pair_type, 1) != MOAT_OK) {
        return 1;
    }
    build_list();
    MOAT_STORE(tree, grow(DEPTH, 1));
    build_arrays();
    build_kept();
    dump("built");
    collect();
    dump("collected");
    drop_half();
    step_to(MOAT_PHASE_MARK, 40);
    dump("marking");
    step_to(MOAT_PHASE_SWEEP, 4);
    dump("sweeping");
    collect();
    build_list();
    dump("end");
    return 0;
}
