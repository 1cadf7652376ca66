/* The walker: damage of each kind, one at a time, in each phase of a cycle: moat_heap_check must name the invariant
 * that it breaks, and find nothing once the damage is undone.
 *
 * SPDX-License-Identifier: MIT */
#include "walker_heap.h"

/* ---- damage: false if it can't be done in this phase ---- */

static bool fence_lost(void) {
    uint32_t fence = the_arena()->granules - 1;
    bits_of(fence)->start &= ~moat_bit(fence);
    return true;
}

static bool fence_as_an_object(void) {
    *moat_header_at(moat_granule_address(the_arena(), the_arena()->granules - 1)) = moat_heap.types.bytes_header;
    return true;
}

static bool fence_white(void) {
    uint32_t fence = the_arena()->granules - 1;
    bits_of(fence)->mark |= moat_bit(fence);
    return moat_heap.cycle.phase == MOAT_PHASE_MARK;
}

static bool rest_of_nothing(void) {
    uint32_t granule = any_free() + 1;
    bits_of(granule)->mark |= moat_bit(granule);
    return true;
}

static uint32_t covered(void) {
    return (granule_of(large) >> 5) + 2;
}

static bool back_byte_lost(void) {
    the_arena()->back[covered()] = 0;
    return true;
}

static bool back_byte_leads_too_far(void) {
    the_arena()->back[covered()] = 3;
    return true;
}

static bool full_bit_wrong(void) {
    uint32_t group = any_free() / (MOAT_GROUP_WORDS * 32);
    the_arena()->full[group >> 5] |= (uint32_t)1 << (group & 31u);
    return true;
}

static bool free_memory_passed(void) {
    uint32_t word = (uint32_t)(moat_heap.search.place.word - the_arena()->bits);
    moat_heap.search.place.word = &the_arena()->bits[(any_free() >> 5) + 2];
    moat_heap.search.place.mask = 0;
    return moat_heap.cycle.phase == MOAT_PHASE_IDLE && word < (any_free() >> 5) + 2;
}

static bool header_of_no_type(void) {
    moat_raw *header = moat_header_at((uintptr_t)last_node() - MOAT_WORD_BYTES);
    *header = MOAT_HEADER_HOLE - 2 * MOAT_HEADER_ARRAY; /* a type that far behind the others */
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

static bool hole_under_another_size(void) {
    struct moat_lists *lists = the_lists();
    for (unsigned i = 1; i < MOAT_LISTS - 1; i++) {
        if (lists->holes[i] != NULL && lists->holes[i + 1] == NULL) {
            lists->holes[i + 1] = lists->holes[i];
            lists->holes[i] = NULL;
            lists->map |= (uint32_t)1 << (i + 1);
            return true;
        }
    }
    return false;
}

static bool hole_black(void) {
    struct moat_hole *hole = any_hole();
    if (hole == NULL) {
        return false;
    }
    uint32_t granule = granule_of(hole);
    bits_of(granule)->mark &= ~moat_bit(granule);
    return true;
}

static bool hole_written_over(void) {
    struct moat_hole *hole = any_hole();
    if (hole == NULL) {
        return false;
    }
    hole->header = moat_heap.types.bytes_header;
    return true;
}

static bool hole_with_a_wrong_link(void) {
    struct moat_hole *hole = any_hole();
    if (hole == NULL) {
        return false;
    }
    hole->next = (struct moat_hole *)(void *)&moat_heap;
    return true;
}

static bool hole_linked_to_an_object(void) {
    struct moat_hole *hole = any_hole();
    if (hole == NULL) {
        return false;
    }
    hole->next = (struct moat_hole *)((uintptr_t)list - MOAT_WORD_BYTES);
    return true;
}

static bool holes_in_a_circle(void) {
    struct moat_hole *hole = any_hole();
    if (hole == NULL) {
        return false;
    }
    hole->next = hole;
    return true;
}

static bool hole_in_no_list(void) {
    struct moat_lists *lists = the_lists();
    for (unsigned i = 0; i < MOAT_LISTS; i++) {
        if (lists->holes[i] != NULL) {
            lists->holes[i] = lists->holes[i]->next;
            return true;
        }
    }
    return false;
}

static bool hole_listed_in_another_phase(void) {
    moat_heap.lists = moat_heap.cycle.phase == MOAT_PHASE_MARK ? moat_heap.aside : moat_heap.lists;
    moat_heap.aside = moat_heap.cycle.phase == MOAT_PHASE_IDLE ? moat_heap.lists : moat_heap.aside;
    return moat_heap.cycle.phase != MOAT_PHASE_SWEEP;
}

static bool map_of_lists_lost(void) {
    bool any = any_hole() != NULL;
    the_lists()->map = 0;
    return any;
}

static bool listed_count_wrong(void) {
    moat_heap.listed++;
    return true;
}

#if MOAT_CONFIG_EVENTS > 0
static bool free_count_wrong(void) {
    moat_heap.free_granules++;
    return true;
}
#endif

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
    *header = moat_header_linked(*header, moat_grey_end(the_arena()));
    the_arena()->grey = granule;
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
    if (granule == moat_grey_end(the_arena())) {
        return false;
    }
    moat_raw *header = moat_header_at(moat_granule_address(the_arena(), granule));
    *header = moat_header_linked(*header, granule);
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
    MOAT_RAW(node->next) = payload_of_free();
    return true;
}

static bool root_to_freed_memory(void) {
    MOAT_RAW(large) = payload_of_free();
    return true;
}

static bool root_to_a_hole(void) {
    struct moat_hole *hole = any_hole();
    MOAT_RAW(large) = (void *)((uintptr_t)hole + MOAT_WORD_BYTES);
    return hole != NULL;
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
    *moat_finalize_link(with_finalizer) = payload_of_free();
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
    return moat_heap.chunk.at < moat_heap.chunk.limit;
}

static bool chunk_written_to(void) {
    *(moat_raw *)(has_chunk() ? moat_heap.chunk.limit - MOAT_WORD_BYTES : the_arena()->low) = 1;
    return has_chunk();
}

static bool chunk_written_to_at_its_start(void) {
    *(moat_raw *)(has_chunk() ? moat_heap.chunk.at : the_arena()->low) = 0x100;
    return has_chunk();
}

static bool chunk_of_another_arena(void) {
    moat_heap.chunk.bias += sizeof(struct moat_bits);
    return has_chunk();
}

static bool chunk_in_a_cycle(void) {
    uint32_t granule = any_free();
    moat_heap.chunk.at = moat_granule_address(the_arena(), granule);
    moat_heap.chunk.limit = moat_heap.chunk.at + MOAT_GRANULE;
    moat_heap.chunk.bias = the_arena()->bias;
    bits_of(granule)->mark |= moat_bit(granule);
    return moat_heap.cycle.phase != MOAT_PHASE_IDLE;
}

static bool chunk_bits_lost(void) {
    if (has_chunk()) {
        uint32_t granule = moat_granule_of(the_arena(), moat_heap.chunk.limit) - 1;
        bits_of(granule)->mark &= ~moat_bit(granule);
    }
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
    DAMAGE(fence_as_an_object, 1),
    DAMAGE(fence_white, 1),
    DAMAGE(rest_of_nothing, 2),
    DAMAGE(back_byte_lost, 3),
    DAMAGE(back_byte_leads_too_far, 3),
    DAMAGE(full_bit_wrong, 12),
    DAMAGE(free_memory_passed, 5),
    DAMAGE(header_of_no_type, 4),
    DAMAGE(header_between_types, 4),
    DAMAGE(object_shorter_than_its_type, 4),
    DAMAGE(object_without_its_rest, 4),
    DAMAGE(hole_under_another_size, 5),
    DAMAGE(hole_black, 5),
    DAMAGE(hole_written_over, 5),
    DAMAGE(hole_with_a_wrong_link, 5),
    DAMAGE(hole_linked_to_an_object, 5),
    DAMAGE(holes_in_a_circle, 6),
    DAMAGE(hole_in_no_list, 6),
    DAMAGE(hole_listed_in_another_phase, 6),
    DAMAGE(map_of_lists_lost, 6),
    DAMAGE(listed_count_wrong, 6),
#if MOAT_CONFIG_EVENTS > 0
    DAMAGE(free_count_wrong, 6),
#endif
    DAMAGE(grey_white, 7),
    DAMAGE(grey_out_of_the_arena, 7),
    DAMAGE(grey_inside_an_object, 7),
    DAMAGE(grey_without_slots, 7),
    DAMAGE(grey_while_idle, 7),
    DAMAGE(grey_circle, 7),
    DAMAGE(slot_to_freed_memory, 8),
    DAMAGE(root_to_freed_memory, 8),
    DAMAGE(root_to_a_hole, 8),
    DAMAGE(slot_to_a_white_object, 8),
    DAMAGE(barrier_flag_wrong, 9),
    DAMAGE(finalizable_without_finalizer, 10),
    DAMAGE(finalizable_freed, 10),
    DAMAGE(finalizable_inside, 10),
    DAMAGE(finalizable_circle, 10),
    DAMAGE(chunk_written_to, 11),
    DAMAGE(chunk_written_to_at_its_start, 11),
    DAMAGE(chunk_of_another_arena, 11),
    DAMAGE(chunk_in_a_cycle, 11),
    DAMAGE(chunk_bits_lost, 11),
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
    CHECK(tried >= DAMAGES - (phase == MOAT_PHASE_SWEEP ? 21 : 9));
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
    moat_heap.listed++;
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
