/* The walker's suite: a heap with everything in it, and the places in there that are damaged.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WALKER_HEAP_H
#define WALKER_HEAP_H

#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "mark/finalize.h"
#include "space/granule.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES (2048 * sizeof(void *))
#define HOLE (5 * MOAT_GRANULE - MOAT_WORD_BYTES)

struct node {
    MOAT_REF(struct node) next;
    uintptr_t value;
    uintptr_t more;
};
MOAT_TYPE(node_type, struct node, next);

struct big {
    uintptr_t words[90];
};
MOAT_TYPE(big_type, struct big);

static void finalize(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(finalized_type, struct node, finalize, next);

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(void) large;
static MOAT_ROOT(struct node) with_finalizer;

static struct moat_arena *the_arena(void) {
    return moat_heap.arenas.table[0];
}

/* ---- a heap with everything in it ---- */

static struct node *push(void) {
    struct node *node = MOAT_NEW(node_type);
    if (node != NULL) {
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    return node;
}

/* Small objects with holes between them that none of them fills, a large one, finalized ones, and an open chunk. */
static __attribute__((noinline)) bool build(void) {
    bool made = fresh_heap(arena.bytes, sizeof arena.bytes);
    for (int i = 0; i < 12 && made; i++) {
        made = push() != NULL && MOAT_NEW_BYTES(HOLE) != NULL;
    }
    MOAT_STORE(large, MOAT_NEW_BYTES(160 * MOAT_GRANULE));
    for (int i = 0; i < 3 && made; i++) {
        struct node *node = MOAT_NEW(finalized_type);
        made = node != NULL;
        MOAT_STORE(with_finalizer, node);
    }
    collect_all();
    return made && push() != NULL && large != NULL;
}

/* Half-way through marking, with something on the grey list; half-way through the sweep; or idle, with a chunk, two
 * holes in one list, and a long hole. */
static bool is_there(enum moat_phase phase) {
    bool half_way = phase == MOAT_PHASE_MARK    ? the_arena()->grey != moat_grey_end(the_arena())
                    : phase == MOAT_PHASE_SWEEP ? moat_heap.sweep.word != 0 && moat_heap.sweep.carry == 0
                                                : moat_heap.chunk.at < moat_heap.chunk.limit;
    return moat_heap.cycle.phase == phase && half_way;
}

/* The search passes the holes that are too small for it, and then the cycle starts with them aside. */
static bool pass_holes(void) {
    for (int i = 0; i < 20; i++) {
        if (MOAT_NEW_BYTES(HOLE + MOAT_GRANULE) == NULL) {
            return false;
        }
    }
    return moat_heap.cycle.phase == MOAT_PHASE_IDLE && moat_heap.listed != 0;
}

static bool reach(enum moat_phase phase) {
    if (!build() || !pass_holes()) {
        return false;
    }
    if (phase != MOAT_PHASE_IDLE) {
        moat_cycle_start();
    }
    for (int i = 0; i < 2000 && !is_there(phase); i++) {
        moat_cycle_step(1);
    }
    return is_there(phase);
}

/* ---- looking for places to damage ---- */

static uint32_t granule_of(const void *object) {
    return moat_granule_of(the_arena(), (uintptr_t)object);
}

static struct moat_bits *bits_of(uint32_t granule) {
    return &the_arena()->bits[granule >> 5];
}

static struct moat_lists *the_lists(void) {
    return moat_heap.cycle.phase == MOAT_PHASE_IDLE ? &moat_heap.lists : &moat_heap.aside;
}

/* The first hole of a list, or NULL: in SWEEP none is listed. */
static struct moat_hole *any_hole(void) {
    for (unsigned i = 0; i < MOAT_LISTS; i++) {
        if (the_lists()->holes[i] != NULL) {
            return the_lists()->holes[i];
        }
    }
    return NULL;
}

static bool is_free(uint32_t granule) {
    return ((bits_of(granule)->start | bits_of(granule)->mark) & moat_bit(granule)) == 0;
}

/* The first of two free granules, or MOAT_NO_GRANULE. */
static uint32_t any_free(void) {
    for (uint32_t granule = the_arena()->first; granule + 2 < the_arena()->granules; granule++) {
        if (is_free(granule) && is_free(granule + 1)) {
            return granule;
        }
    }
    return MOAT_NO_GRANULE;
}

static void *payload_of_free(void) {
    return (void *)moat_payload_at(moat_granule_address(the_arena(), any_free()));
}

/* The last object of the list: its slot is empty, and no chunk is near it. */
static struct node *last_node(void) {
    struct node *node = list;
    while (node->next != NULL) {
        node = node->next;
    }
    return node;
}

#endif
