/* The walker: damage of each kind, one at a time, in each phase of a cycle: moat_heap_check must name the invariant
 * that it breaks, and find nothing once the damage is undone.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "mark/finalize.h"
#include "space/granule.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES 8192
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

/* Half-way through marking, with something on the grey list; half-way through the sweep; or idle. */
static bool is_there(enum moat_phase phase) {
    bool half_way = phase == MOAT_PHASE_MARK    ? the_arena()->grey != MOAT_LINK_NONE
                    : phase == MOAT_PHASE_SWEEP ? moat_heap.sweep.word != 0 && moat_heap.sweep.carry == 0
                                                : true;
    bool chunk = phase == MOAT_PHASE_MARK || moat_heap.cursor.at < moat_heap.cursor.limit;
    return moat_heap.cycle.phase == phase && half_way && chunk;
}

static bool reach(enum moat_phase phase) {
    if (!build()) {
        return false;
    }
    if (phase != MOAT_PHASE_IDLE) {
        moat_cycle_start();
    }
    for (int i = 0; i < 1000 && !is_there(phase); i++) {
        if (moat_heap.cursor.at >= moat_heap.cursor.limit && moat_heap.cycle.phase == phase &&
            phase != MOAT_PHASE_MARK) {
            (void)MOAT_NEW_BYTES(1); /* so that the cursor has a chunk */
        } else {
            moat_cycle_step(1);
        }
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

static struct moat_hole *any_hole(void) {
    for (unsigned i = 0; i < MOAT_BINS; i++) {
        if (moat_heap.bins.holes[i] != NULL) {
            return moat_heap.bins.holes[i];
        }
    }
    return NULL;
}

/* The last object of the list: its slot is empty, and no chunk is near it. */
static struct node *last_node(void) {
    struct node *node = list;
    while (node->next != NULL) {
        node = node->next;
    }
    return node;
}

/* ---- damage: false if it can't be done in this phase ---- */

static bool fence_lost(void) {
    uint32_t fence = the_arena()->granules - 1;
    bits_of(fence)->start &= ~moat_bit(fence);
    return true;
}

static bool fence_white(void) {
    uint32_t fence = the_arena()->granules - 1;
    bits_of(fence)->mark |= moat_bit(fence);
    return moat_heap.cycle.phase == MOAT_PHASE_MARK;
}

static bool rest_of_nothing(void) {
    struct moat_hole *hole = any_hole();
    uint32_t granule = granule_of(hole) + 1;
    bits_of(granule)->mark |= moat_bit(granule);
    return hole != NULL;
}

static struct moat_bits *covered(void) {
    return &the_arena()->bits[(granule_of(large) >> 5) + 2];
}

static bool covered_word_with_another_end(void) {
    covered()->mark += 1u << 2;
    return true;
}

static bool covered_word_with_another_start(void) {
    covered()->mark += 1u << 17;
    return true;
}

static bool full_word_not_covered(void) {
    bool was = moat_is_covered(covered());
    covered()->mark = UINT32_MAX;
    return was;
}

static bool header_of_no_type(void) {
    *moat_header_at((uintptr_t)last_node() - MOAT_WORD_BYTES) |= MOAT_HEADER_TYPE_MASK;
    return true;
}

static bool header_between_types(void) {
    *moat_header_at((uintptr_t)last_node() - MOAT_WORD_BYTES) += 2 * MOAT_HEADER_ARRAY;
    return MOAT_TYPE_ALIGN > 32; /* the smallest type leaves no number between two of them */
}

static bool object_shorter_than_its_type(void) {
    *moat_header_at((uintptr_t)last_node() - MOAT_WORD_BYTES) = moat_header_of_type(&big_type);
    return true;
}

static bool object_without_its_rest(void) {
    uint32_t granule = granule_of(last_node()) + 1;
    bits_of(granule)->mark &= ~moat_bit(granule);
    return true;
}

static bool hole_of_a_wrong_size(void) {
    any_hole()->granules++;
    return true;
}

static bool hole_with_a_wrong_link(void) {
    any_hole()->link = (struct moat_hole **)(void *)list;
    return true;
}

static bool hole_written_over(void) {
    memset(any_hole(), 0xff, sizeof(struct moat_hole) - sizeof(moat_word));
    return true;
}

static bool hole_zeroed(void) {
    any_hole()->next = NULL;
    any_hole()->link = NULL;
    return true;
}

/* Two holes that point at each other, and nothing else at them. */
static bool holes_in_no_bin(void) {
    struct moat_hole *one = any_hole(), *two = one->next;
    if (two == NULL) {
        return false;
    }
    *one->link = two->next;
    if (two->next != NULL) {
        two->next->link = one->link;
    }
    one->link = &two->next;
    two->next = one;
    return true;
}

static bool hole_in_another_bin(void) {
    for (unsigned i = 0; i < MOAT_BINS - 1; i++) {
        if (moat_heap.bins.holes[i] != NULL && moat_heap.bins.holes[i + 1] == NULL) {
            moat_heap.bins.holes[i + 1] = moat_heap.bins.holes[i];
            moat_heap.bins.holes[i] = NULL;
            return true;
        }
    }
    return false;
}

static bool bin_map_bit_lost(void) {
    memset(moat_heap.bins.map, 0, sizeof moat_heap.bins.map);
    return true;
}

static bool free_count_wrong(void) {
    moat_heap.free_granules++;
    return true;
}

static bool grey_white(void) {
    uint32_t granule = granule_of(last_node());
    bits_of(granule)->mark ^= moat_is_white(the_arena(), granule) ? 0 : moat_bit(granule);
    the_arena()->grey = granule;
    return true;
}

static bool grey_out_of_the_arena(void) {
    the_arena()->grey = the_arena()->granules + 5;
    return true;
}

static bool grey_inside_an_object(void) {
    the_arena()->grey = granule_of(last_node()) + 1;
    return true;
}

/* The list ends with this granule. */
static void grey_only(uint32_t granule) {
    moat_raw *header = moat_header_at(moat_granule_address(the_arena(), granule));
    *header = (*header & MOAT_HEADER_TYPE_MASK) | ((moat_word)MOAT_LINK_NONE << MOAT_HEADER_TYPE_BITS);
    the_arena()->grey = granule;
}

static bool grey_fence(void) {
    grey_only(the_arena()->granules - 1);
    return moat_heap.cycle.phase == MOAT_PHASE_MARK;
}

static bool grey_without_slots(void) {
    uint32_t granule = granule_of(large);
    bits_of(granule)->mark &= ~moat_bit(granule);
    grey_only(granule);
    return moat_heap.cycle.phase == MOAT_PHASE_MARK;
}

static bool grey_while_idle(void) {
    the_arena()->grey = granule_of(list);
    return moat_heap.cycle.phase != MOAT_PHASE_MARK;
}

static bool grey_circle(void) {
    uint32_t granule = the_arena()->grey;
    if (granule == MOAT_LINK_NONE) {
        return false;
    }
    moat_raw *header = moat_header_at(moat_granule_address(the_arena(), granule));
    *header = (*header & MOAT_HEADER_TYPE_MASK) | ((moat_word)granule << MOAT_HEADER_TYPE_BITS);
    return true;
}

/* Not reached yet: it may die in this cycle. */
static bool may_die(const struct node *node) {
    uint32_t granule = granule_of(node);
    bool unswept = moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(the_arena(), granule >> 5);
    return (moat_heap.cycle.phase == MOAT_PHASE_MARK || unswept) && moat_is_white(the_arena(), granule);
}

static bool slot_to_freed_memory(void) {
    struct node *node = list;
    while (node != NULL && may_die(node)) {
        node = node->next;
    }
    if (node == NULL) {
        return false;
    }
    MOAT_RAW(node->next) = (struct node *)((uintptr_t)any_hole() + MOAT_WORD_BYTES);
    return true;
}

static bool root_to_freed_memory(void) {
    MOAT_RAW(large) = (void *)((uintptr_t)any_hole() + MOAT_GRANULE + MOAT_WORD_BYTES);
    return true;
}

static bool slot_to_a_white_object(void) {
    for (const struct node *node = list; node->next != NULL; node = node->next) {
        uint32_t granule = granule_of(node->next);
        if (moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(the_arena(), granule >> 5)) {
            bits_of(granule)->mark |= moat_bit(granule);
            return true;
        }
    }
    return false;
}

static bool barrier_flag_wrong(void) {
    moat_heap.marking ^= 1;
    return true;
}

static bool finalizable_without_finalizer(void) {
    moat_heap.finalizers.doomed = list;
    return true;
}

static bool finalizable_freed(void) {
    *moat_finalize_link(with_finalizer) = (void *)((uintptr_t)any_hole() + MOAT_WORD_BYTES);
    return true;
}

static bool finalizable_inside(void) {
    moat_heap.finalizers.finalizable = &with_finalizer->value;
    return true;
}

static bool finalizable_circle(void) {
    *moat_finalize_link(with_finalizer) = with_finalizer;
    return true;
}

static bool has_chunk(void) {
    return moat_heap.cursor.at < moat_heap.cursor.limit;
}

static bool chunk_written_to(void) {
    *(moat_raw *)(moat_heap.cursor.limit - MOAT_WORD_BYTES) = 1;
    return has_chunk();
}

static bool chunk_written_to_at_its_start(void) {
    *(moat_raw *)moat_heap.cursor.at = 0x100;
    return has_chunk();
}

static bool chunk_of_another_word(void) {
    moat_heap.cursor.chunk += 2;
    return has_chunk();
}

static const struct {
    bool (*damage)(void);
    const char *name;
    unsigned invariant;
} damages[] = {
#define DAMAGE(name, invariant)                                                                                        \
    { name, #name, invariant }
    DAMAGE(fence_lost, 1),
    DAMAGE(fence_white, 1),
    DAMAGE(rest_of_nothing, 2),
    DAMAGE(covered_word_with_another_end, 3),
    DAMAGE(covered_word_with_another_start, 3),
    DAMAGE(full_word_not_covered, 3),
    DAMAGE(header_of_no_type, 4),
    DAMAGE(header_between_types, 4),
    DAMAGE(object_shorter_than_its_type, 4),
    DAMAGE(object_without_its_rest, 4),
    DAMAGE(hole_of_a_wrong_size, 5),
    DAMAGE(hole_with_a_wrong_link, 5),
    DAMAGE(hole_written_over, 5),
    DAMAGE(hole_zeroed, 5),
    DAMAGE(holes_in_no_bin, 6),
    DAMAGE(hole_in_another_bin, 5),
    DAMAGE(bin_map_bit_lost, 6),
    DAMAGE(free_count_wrong, 6),
    DAMAGE(grey_white, 7),
    DAMAGE(grey_out_of_the_arena, 7),
    DAMAGE(grey_inside_an_object, 7),
    DAMAGE(grey_fence, 7),
    DAMAGE(grey_without_slots, 7),
    DAMAGE(grey_while_idle, 7),
    DAMAGE(grey_circle, 7),
    DAMAGE(slot_to_freed_memory, 8),
    DAMAGE(root_to_freed_memory, 8),
    DAMAGE(slot_to_a_white_object, 8),
    DAMAGE(barrier_flag_wrong, 9),
    DAMAGE(finalizable_without_finalizer, 10),
    DAMAGE(finalizable_freed, 10),
    DAMAGE(finalizable_inside, 10),
    DAMAGE(finalizable_circle, 10),
    DAMAGE(chunk_written_to, 11),
    DAMAGE(chunk_written_to_at_its_start, 11),
    DAMAGE(chunk_of_another_word, 11),
};
#define DAMAGES (sizeof damages / sizeof damages[0])

/* ---- the trial ---- */

static struct {
    struct moat_heap heap;
    unsigned char arena[ARENA_BYTES];
    struct node *list, *with_finalizer;
    void *large;
} sound;

static void keep(void) {
    sound.heap = moat_heap;
    memcpy(sound.arena, arena.bytes, sizeof sound.arena);
    sound.list = list;
    sound.with_finalizer = with_finalizer;
    sound.large = large;
}

static void undo(void) {
    moat_heap = sound.heap;
    memcpy(arena.bytes, sound.arena, sizeof sound.arena);
    MOAT_RAW(list) = sound.list;
    MOAT_RAW(with_finalizer) = sound.with_finalizer;
    MOAT_RAW(large) = sound.large;
}

static void try_damage(unsigned i, unsigned *tried) {
    struct moat_heap_error error = {0, NULL, NULL};
    bool applies = damages[i].damage();
    int result = applies ? moat_heap_check(&error) : 1;
    undo();
    if (applies && (result != 1 || error.invariant != damages[i].invariant || error.what == NULL)) {
        test_note(damages[i].name, error.invariant);
        test_fail(__FILE__, __LINE__, damages[i].name);
    }
    *tried += applies;
}

static void try_all(enum moat_phase phase) {
    unsigned tried = 0;
    CHECK(reach(phase));
    CHECK_HEAP();
    keep();
    for (unsigned i = 0; i < DAMAGES; i++) {
        try_damage(i, &tried);
        CHECK_HEAP();
    }
    test_note("kinds of damage", tried);
    CHECK(tried >= DAMAGES - 8);
}

static void while_idle(void) {
    try_all(MOAT_PHASE_IDLE);
}

static void while_marking(void) {
    try_all(MOAT_PHASE_MARK);
}

static void while_sweeping(void) {
    try_all(MOAT_PHASE_SWEEP);
}

/* A whole cycle in slices of one unit, with the walker and an allocation after each. */
static void at_every_step_of_a_cycle(void) {
    unsigned steps = 0;
    CHECK(build());
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_IDLE && steps < 5000) {
        moat_cycle_step(1);
        CHECK_HEAP();
        if (steps++ % 8 == 0) {
            CHECK(MOAT_NEW(node_type) != NULL);
            CHECK_HEAP();
        }
    }
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    test_note("steps", steps);
}

static void no_struct_is_needed(void) {
    CHECK(build());
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
    keep();
    moat_heap.free_granules++;
    CHECK_EQUAL(moat_heap_check(NULL), 1);
    undo();
}

static const struct test_case cases[] = {
    TEST_CASE(while_idle),          TEST_CASE(while_marking),
    TEST_CASE(while_sweeping),      TEST_CASE(at_every_step_of_a_cycle),
    TEST_CASE(no_struct_is_needed),
};

int main(void) {
    return TEST_MAIN(cases);
}
