/* moat: what the guard's cases run on. See cases.h.
 *
 * SPDX-License-Identifier: MIT */
#include "guard/fixture.h"

#include "guard/cases.h"
#include "guard/region.h"
#include "base/sections.h"

#include <stdlib.h>

#define ARENA_BYTES (1u << 20)

MOAT_TYPE(node_type, struct node, next);
MOAT_TYPE(pair_type, struct pair, node[0].next, node[1].next);
MOAT_TYPE(wide_type, struct wide, first, last_mapped, behind, last);
MOAT_TYPE(plain_type, struct plain);
MOAT_TYPE(mixed_type, struct mixed, either.node, array);
MOAT_TYPE(table_type, struct table, slot);
MOAT_TYPE_RUNS(holder_type, struct holder, MOAT_RUN_SLOTS(struct holder, table.slot));
MOAT_TYPE(around_type, struct around, before, after);
MOAT_TYPE_RUNS(nest_type, struct nest, MOAT_RUN_NESTED_STRUCTS(struct nest, row, struct row, cell, struct cell, node),
               MOAT_RUN_SLOTS(struct nest, last));
MOAT_TYPE_FLEX(flex_type, struct flex, MOAT_TAIL_STRUCTS(struct flex, cell, struct cell, node));
MOAT_TYPE(cell_type, struct cell, node);

#define RETAINED __attribute__((section(".noinit.moat_guard_cases")))

/* Not cleared by start-up, which runs once for each trap. */
static RETAINED _Alignas(16) unsigned char arena[ARENA_BYTES];

static MOAT_ROOT(struct node) object_root;
static MOAT_ROOT(struct node) kept_root;
static MOAT_ROOT(struct node) elements_root;
static MOAT_ROOT(void) raw_root;
static MOAT_ROOT(void) text;
static MOAT_ROOT(struct mixed) mixed;
static MOAT_ROOT(struct flex) flex;
static MOAT_ROOT(struct table) table;
static MOAT_ROOT(struct wide) wide;
static MOAT_ROOT(struct nest) nest;
static MOAT_ROOT(struct cell) one_cell;
static MOAT_ROOT(struct cell) cells;
struct node *object, *kept, *pinned, *persistent, *elements;
void *raw;

MOAT_ROOT(struct node) root_slots[ROOT_SLOTS];
MOAT_ROOT_OF(pair_type, struct pair, typed);
struct pair *typed_root = &typed;
struct pair added_root, task_memory;
struct moat_stack task;

MOAT_C_OWNED struct pair c_buffer;
MOAT_C_OWNED struct wide c_wide;
MOAT_C_OWNED struct holder c_large;
MOAT_C_OWNED struct pair dma_ring;
MOAT_C_OWNED_NAME(dma_ring);
struct pair ordinary;
struct holder static_large;
RETAINED struct pair undeclared;
const struct pair constant = {{{1, NULL, 2}, {3, NULL, 4}}};
struct moat_region_entry ring = {{"ring", MOAT_REGION_C_OWNED, &undeclared, &undeclared + 1}, NULL};

/* Any data of the library: the cases put back what they overwrite. */
struct node *c_library_data(void) {
    for (const struct moat_region *region = moat_regions_start; region < moat_regions_end; region++) {
        if (strcmp(region->name, "newlib") == 0) {
            return (struct node *)(uintptr_t)region->start;
        }
    }
    return NULL;
}

struct node *malloc_memory(void) {
    static struct node *memory;
    memory = memory == NULL ? calloc(1, sizeof *memory) : memory;
    return memory;
}

/* The second word is written: a compare register, a reload value, of a timer that no case uses. */
struct node *device(void) {
#ifdef __riscv
    return (struct node *)(uintptr_t)(0x2004000 - MOAT_WORD_BYTES);
#else
    return (struct node *)(uintptr_t)(0x40001008 - MOAT_WORD_BYTES);
#endif
}

#define MADE_WHEN_ASKED_FOR(name, make)                                                                                \
    struct name *name##_object(void) {                                                                                 \
        if (name == NULL) {                                                                                            \
            MOAT_STORE(name, make);                                                                                    \
        }                                                                                                              \
        return name;                                                                                                   \
    }

MADE_WHEN_ASKED_FOR(mixed, MOAT_NEW(mixed_type))
MADE_WHEN_ASKED_FOR(flex, MOAT_NEW_FLEX(flex_type, 5))
MADE_WHEN_ASKED_FOR(table, MOAT_NEW(table_type))
MADE_WHEN_ASKED_FOR(wide, MOAT_NEW(wide_type))
MADE_WHEN_ASKED_FOR(nest, MOAT_NEW(nest_type))

struct cell *cell_object(void) {
    if (one_cell == NULL) {
        MOAT_STORE(one_cell, MOAT_NEW(cell_type));
    }
    return one_cell;
}

struct cell *cell_array(void) {
    if (cells == NULL) {
        MOAT_STORE(cells, MOAT_NEW_ARRAY(cell_type, 2));
    }
    return cells;
}

struct node *text_pointer(void) {
    if (text == NULL) {
        MOAT_STORE(text, moat_new_bytes(1024));
    }
    uintptr_t at = (uintptr_t)text;
    while ((at & 0xff) == 0 || (at >> 8 & 0xff) == 0) {
        at++;
    }
    return (struct node *)at;
}

void raw_store(const void *slot, struct node *value) {
    *(moat_slot *)(uintptr_t)slot = value;
}

struct node node_with(struct node *next) {
    return (struct node){.next = next};
}

/* ---- C ---- */

__attribute__((noinline)) const void *c_take(const void *p) {
    __asm__ volatile("" : : "r"(p) : "memory");
    return p;
}

__attribute__((noinline)) int c_take_two(const void *p, const void *q) {
    return p == q;
}

__attribute__((noinline)) int c_take_number(int number) {
    return number + 1;
}

__attribute__((noinline)) void c_take_struct(struct cell cell) {
    (void)c_take(cell.node);
}

__attribute__((noinline)) void c_take_span(struct span span) {
    (void)c_take(span.text);
}

/* ---- setting up ---- */

/* Without the C library's memset, which a program may have put behind the guard. */
static void clear(void *at, size_t bytes) {
    for (volatile moat_raw *word = at; bytes >= sizeof *word; bytes -= sizeof *word) {
        *word++ = 0;
    }
}

static bool make_objects(void) {
    object = MOAT_NEW(node_type);
    MOAT_STORE(object_root, object);
    kept = MOAT_NEW(node_type);
    MOAT_STORE(kept_root, kept);
    elements = MOAT_NEW_ARRAY(node_type, 3);
    MOAT_STORE(elements_root, elements);
    raw = MOAT_NEW_BYTES(64);
    MOAT_STORE(raw_root, raw);
    pinned = MOAT_NEW(node_type);
    persistent = moat_persistent_new(&node_type, 1);
    return object != NULL && kept != NULL && elements != NULL && raw != NULL && pinned != NULL && persistent != NULL;
}

/* Takes back what a case added. */
static void remove_ring(void) {
    for (uint32_t i = 0; moat_region_at(i) != NULL; i++) {
        if (moat_region_at(i) == &ring.region) {
            (void)moat_region_remove(&ring);
            return;
        }
    }
}

bool fixture_make(void) {
    clear(&moat_heap, sizeof moat_heap);
    clear(moat_roots_start, (size_t)(moat_typed_roots_end - moat_roots_start));
    clear(&c_buffer, sizeof c_buffer);
    clear(&c_wide, sizeof c_wide);
    clear(&c_large, sizeof c_large);
    clear(&static_large, sizeof static_large);
    clear(malloc_memory(), sizeof *malloc_memory());
    clear(&dma_ring, sizeof dma_ring);
    clear(&ordinary, sizeof ordinary);
    clear(&undeclared, sizeof undeclared);
    clear(&added_root, sizeof added_root);
    clear(&task_memory, sizeof task_memory);
    task = (struct moat_stack){
        .low = (uintptr_t)&task_memory, .high = (uintptr_t)(&task_memory + 1), .sp = (uintptr_t)&task_memory};
    bool ready = moat_init() == MOAT_OK && moat_arena_add(arena, sizeof arena) == MOAT_OK && make_objects();
    remove_ring();
    return ready && moat_pin(pinned) == MOAT_OK && moat_root_add(&added_root, &pair_type, 1) == MOAT_OK &&
           moat_stack_add(&task) == MOAT_OK && moat_check_level_set(MOAT_CONFIG_CHECK) == MOAT_OK;
}
