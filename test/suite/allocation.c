/* Allocation: every size aligned and zeroed, in clean memory and in used memory; a full heap filled again takes as
 * much; a hole that fits is found.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "space/granule.h"
#include "space/holes.h"
#include "space/search.h"
#include "space/take.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES (32 * 1024)
#define SIZES 3000

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
    uintptr_t more;
};
MOAT_TYPE(node_type, struct node, next);

struct flex {
    MOAT_REF(struct flex) next;
    uintptr_t number;
    MOAT_REF(struct flex) tail[];
};
MOAT_TYPE_FLEX(flex_type, struct flex, MOAT_RUN_SLOTS(struct flex, next), MOAT_TAIL_SLOTS(struct flex, tail));

struct byte_tail {
    MOAT_REF(struct byte_tail) next;
    unsigned char tail[];
};
MOAT_TYPE_FLEX(byte_tail_type, struct byte_tail, MOAT_RUN_SLOTS(struct byte_tail, next),
               MOAT_TAIL_BYTES(struct byte_tail, tail));

struct small {
    uint16_t a;
    uint8_t b[3];
};
MOAT_TYPE(small_type, struct small);

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(void) root;
static MOAT_ROOT(struct node) list;

/* ---- each size ---- */

static bool is_zero(const unsigned char *at, size_t bytes) {
    while (bytes != 0 && *at == 0) {
        at++;
        bytes--;
    }
    return bytes == 0;
}

/* A good object: aligned, zero to the end of its granules, of the size and type asked for. It is left full of ones. */
static bool is_good(void *made, size_t bytes, const struct moat_type *type, bool array) {
    struct moat_object object = {NULL, 0, NULL, false};
    bool found = made != NULL && moat_object_find(made, &object) && object.start == made;
    bool right = found && (uintptr_t)made % MOAT_GRANULE == 0 && object.bytes >= bytes &&
                 object.bytes < bytes + MOAT_GRANULE && object.type == type && object.array == array;
    right = right && is_zero(made, object.bytes);
    if (right) {
        memset(made, 0xff, bytes);
        right =
            moat_object_find((char *)made + bytes - 1, NULL) && !moat_object_find((char *)made + object.bytes, NULL);
    }
    return right;
}

static void bytes_of_each_size(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    memset(arena.bytes + sizeof arena.bytes / 2, 0xff, sizeof arena.bytes / 4); /* memory as power-up leaves it */
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (size_t bytes = 1; bytes <= SIZES; bytes++) {
        CHECK(is_good(MOAT_NEW_BYTES(bytes), bytes, &moat_type_bytes, true));
        if (bytes % 100 == 0) {
            CHECK_HEAP();
        }
    }
    CHECK(moat_heap.stats.cycles > 10);
}

static __attribute__((noinline)) void try_bytes(size_t bytes) {
    CHECK(is_good(MOAT_NEW_BYTES(bytes), bytes, &moat_type_bytes, true));
}

static void large_sizes(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    memset(arena.bytes + 2048, 0xff, sizeof arena.bytes - 4096);
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (size_t bytes = SIZES; bytes <= ARENA_BYTES / 2; bytes += 509) {
        scrub_stack(); /* a stale word would keep as much as is asked for */
        try_bytes(bytes);
        CHECK_HEAP();
    }
}

static void arrays_of_each_length(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (size_t count = 1; count <= 600; count++) {
        scrub_stack(); /* stale words would keep as many large arrays */
        CHECK(is_good(MOAT_NEW_ARRAY(small_type, count), count * sizeof(struct small), &small_type, true));
    }
    for (size_t count = 1; count <= 200; count++) {
        scrub_stack();
        struct node *nodes = MOAT_NEW_ARRAY(node_type, count);
        CHECK(is_good(nodes, count * sizeof(struct node), &node_type, true));
        memset((void *)nodes, 0, count * sizeof(struct node)); /* before it is scanned */
    }
    CHECK_HEAP();
}

static void tails_of_each_length(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (size_t tail = 0; tail <= 300; tail++) {
        struct flex *flex = MOAT_NEW_FLEX(flex_type, tail);
        size_t bytes = sizeof(struct flex) + tail * sizeof(void *);
        CHECK(is_good(flex, bytes, &flex_type, false));
        memset((void *)flex, 0, bytes);
        struct byte_tail *byte_tail = MOAT_NEW_FLEX(byte_tail_type, tail);
        CHECK(is_good(byte_tail, sizeof(struct byte_tail) + tail, &byte_tail_type, false));
        memset((void *)byte_tail, 0, sizeof(struct byte_tail));
    }
    CHECK_HEAP();
}

static void objects_of_a_type(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (int i = 0; i < 3000; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(is_good(node, sizeof *node, &node_type, false));
        memset((void *)node, 0, sizeof *node);
        CHECK(is_good(MOAT_NEW(small_type), sizeof(struct small), &small_type, false));
    }
    CHECK_HEAP();
    CHECK(moat_heap.stats.cycles > 1);
}

/* ---- full heaps ---- */

static __attribute__((noinline)) unsigned fill_with_nodes(void) {
    unsigned count = 0;
    for (struct node *node = MOAT_NEW(node_type); node != NULL; node = MOAT_NEW(node_type)) {
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
        count++;
    }
    return count;
}

static void each_filling_takes_as_much(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    size_t extent = (node_type.extent + MOAT_GRANULE - 1) / MOAT_GRANULE * MOAT_GRANULE;
    unsigned first = fill_with_nodes();
    CHECK_EQUAL(first, moat_heap.stats.arena_bytes / extent);
    for (int i = 0; i < 5; i++) {
        MOAT_CLEAR(list);
        collect_all();
        CHECK_HEAP();
        CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
        CHECK_EQUAL(fill_with_nodes(), first);
        CHECK_HEAP();
    }
}

static __attribute__((noinline)) void fill_and_drop(void) {
    CHECK(fill_with_nodes() > 10);
    MOAT_CLEAR(list);
}

/* Counts what is free at every step of a cycle: all of it but in the sweep, which says so. */
static void stats_say_what_is_free(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    fill_and_drop();
    CHECK(!test_failed());
    const size_t before = free_bytes(), after = moat_heap.stats.arena_bytes;
    unsigned sweeping = 0;
    scrub_stack();
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_IDLE && !test_failed()) {
        struct moat_stats stats;
        CHECK_EQUAL(moat_stats_get(&stats), MOAT_OK);
        CHECK_EQUAL(stats.free_is_least, stats.phase == MOAT_PHASE_SWEEP);
        CHECK(stats.free_is_least ? stats.free_bytes <= after : stats.free_bytes == before);
        sweeping += stats.free_is_least;
        moat_cycle_step(4);
    }
    CHECK(sweeping > 0);
    CHECK_EQUAL(free_bytes(), after);
}

static __attribute__((noinline)) void take_all(size_t most) {
    MOAT_STORE(root, MOAT_NEW_BYTES(most));
    CHECK(root != NULL);
}

static void all_of_the_arena_in_one_object(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    size_t most = moat_heap.stats.arena_bytes - MOAT_WORD_BYTES;
    for (int i = 0; i < 3; i++) {
        take_all(most);
        CHECK_HEAP();
        CHECK_POINTER(MOAT_NEW(small_type), NULL);
        MOAT_CLEAR(root);
        scrub_stack();
    }
    CHECK_POINTER(MOAT_NEW_BYTES(most + 1), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
}

/* ---- holes ---- */

/* A chain of links, each with an object of `bytes`, until the heap is full. The chain hangs at root. */
static __attribute__((noinline)) void fill_with_row(size_t bytes) {
    MOAT_STORE(root, NULL);
    struct flex *link = MOAT_NEW_FLEX(flex_type, 1);
    while (link != NULL) {
        MOAT_STORE(link->next, (struct flex *)root);
        MOAT_STORE(root, link);
        MOAT_STORE(link->tail[0], MOAT_NEW_BYTES(bytes));
        link = link->tail[0] == NULL ? NULL : MOAT_NEW_FLEX(flex_type, 1);
    }
}

static __attribute__((noinline)) unsigned clear_every_second(void) {
    unsigned position = 0, cleared = 0;
    for (struct flex *link = root; link != NULL; link = link->next) {
        if (position++ % 2 == 0 && link->tail[0] != NULL) {
            MOAT_CLEAR(link->tail[0]);
            cleared++;
        }
    }
    return cleared;
}

/* Every second of a row of equal objects dies: a request of exactly that size has to find each of the holes. */
static __attribute__((noinline)) void try_checkerboard(size_t bytes) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    fill_with_row(bytes);
    unsigned holes = clear_every_second();
    collect_all();
    CHECK_HEAP();
    for (struct flex *link = root; link != NULL && holes != 0; link = link->next) {
        if (link->tail[0] == NULL) {
            MOAT_STORE(link->tail[0], MOAT_NEW_BYTES(bytes));
            CHECK(link->tail[0] != NULL);
            holes--;
        }
    }
    CHECK_EQUAL(holes, 0);
    CHECK_HEAP();
}

static void every_hole_of_a_checkerboard_is_found(void) {
    static const uint8_t granules[] = {2, 3, 5, 13, 15, 16, 17, 31, 32, 33, 64, 70};
    for (size_t i = 0; i < sizeof granules && !test_failed(); i++) {
        scrub_stack();
        try_checkerboard(granules[i] * MOAT_GRANULE - MOAT_WORD_BYTES);
    }
}

#define HOLES 30 /* of 2 to 31 granules: the chunk makes them side by side */
static MOAT_ROOT(void) refill[HOLES];
static uintptr_t hole[HOLES];

static size_t hole_bytes(unsigned i) {
    return (i + 2) * MOAT_GRANULE - MOAT_WORD_BYTES;
}

/* Objects of every size, one each, with walls between them, in a heap that is full otherwise. */
static __attribute__((noinline)) void make_holes(void) {
    for (unsigned i = 0; i < HOLES; i++) {
        MOAT_STORE(refill[i], MOAT_NEW_BYTES(hole_bytes(i)));
        CHECK(is_good(refill[i], hole_bytes(i), &moat_type_bytes, true));
        hole[i] = hide(refill[i]);
        struct node *wall = MOAT_NEW(node_type);
        CHECK(wall != NULL);
        MOAT_STORE(wall->next, list);
        MOAT_STORE(list, wall);
    }
    MOAT_STORE(root, MOAT_NEW_BYTES(free_bytes() - 8 * MOAT_GRANULE));
    CHECK(root != NULL);
    (void)fill_with_nodes();
    for (unsigned i = 0; i < HOLES; i++) {
        MOAT_CLEAR(refill[i]);
    }
}

/* Requests from the largest to the smallest: each has to find the one hole that it fits, and to clear it. */
static void exact_fits(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_holes();
    collect_all();
    for (unsigned i = HOLES; i-- > 0;) {
        MOAT_STORE(refill[i], MOAT_NEW_BYTES(hole_bytes(i)));
        CHECK_POINTER(refill[i], (void *)~hole[i]);
        CHECK(is_good(refill[i], hole_bytes(i), &moat_type_bytes, true));
    }
    CHECK_HEAP();
}

/* ---- one granule each ---- */

struct cell {
    MOAT_REF(struct cell) next;
};
MOAT_TYPE(cell_type, struct cell, next);
static MOAT_ROOT(struct cell) cells;

/* Words of stacks and registers keep that many at most. */
#define CELLS_KEPT 40

static __attribute__((noinline)) unsigned fill_with_cells(void) {
    unsigned count = 0;
    for (struct cell *cell = MOAT_NEW(cell_type); cell != NULL; cell = MOAT_NEW(cell_type)) {
        MOAT_STORE(cell->next, cells);
        MOAT_STORE(cells, cell);
        count++;
    }
    return count;
}

static __attribute__((noinline)) unsigned drop_every_second_cell(void) {
    unsigned dropped = 0;
    for (struct cell *cell = cells; cell != NULL && cell->next != NULL; cell = cell->next) {
        MOAT_STORE(cell->next, cell->next->next);
        dropped++;
    }
    return dropped;
}

/* No two free granules lie side by side then: all of them serve again. */
static void every_second_granule_is_used_again(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    unsigned all = fill_with_cells();
    CHECK_EQUAL(all, moat_heap.stats.arena_bytes / MOAT_GRANULE);
    unsigned dropped = drop_every_second_cell();
    collect_all();
    CHECK(free_bytes() / MOAT_GRANULE + CELLS_KEPT >= dropped);
    CHECK(fill_with_cells() + CELLS_KEPT >= dropped);
    CHECK_EQUAL(free_bytes(), 0);
    CHECK_HEAP();
}

/* ---- where the sweep stands ---- */

/* Cells up to the granule before that of `bit` in a bitmap word. */
static __attribute__((noinline)) void fill_up_to(uint32_t bit) {
    uint32_t last;
    do {
        struct cell *cell = MOAT_NEW(cell_type);
        CHECK(cell != NULL);
        MOAT_STORE(cell->next, cells);
        MOAT_STORE(cells, cell);
        last = moat_granule_of(moat_heap.arenas.table[0], (uintptr_t)cell);
    } while ((last + 1) % MOAT_WORD_GRANULES != bit);
}

static __attribute__((noinline)) void make_in(unsigned i, uint32_t granules) {
    MOAT_STORE(refill[i], MOAT_NEW_BYTES(granules * MOAT_GRANULE - MOAT_WORD_BYTES));
    CHECK(refill[i] != NULL);
    hole[i] = hide(refill[i]);
}

#define FRONT 8 /* granules up to the end of a word */

/* A full heap, with an object of `granules` that begins FRONT granules before a word's end, and one behind it. */
static void lay_out(uint32_t granules, uint32_t behind) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    fill_up_to(MOAT_WORD_GRANULES - FRONT);
    make_in(0, granules);
    make_in(1, behind);
    CHECK_EQUAL(~hole[1], ~hole[0] + granules * MOAT_GRANULE);
    MOAT_STORE(root, MOAT_NEW_BYTES(free_bytes() - 8 * MOAT_GRANULE));
    CHECK(root != NULL);
    (void)fill_with_cells();
}

/* A cycle in which the object of refill[0] is dead, up to the word behind the one that it begins in. */
static void sweep_its_front(void) {
    MOAT_CLEAR(refill[0]);
    scrub_stack();
    moat_cycle_start();
    const struct moat_arena *home = moat_heap.arenas.table[0];
    uint32_t word = moat_granule_of(home, ~hole[0]) / MOAT_WORD_GRANULES + 1;
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP || moat_heap.sweep.word < word) {
        moat_cycle_step(1);
    }
    CHECK_EQUAL(moat_heap.sweep.word, word);
}

/* An object that is made in the front of a dead one ends where the dead one's rest begins, which is no object. */
static void an_object_ends_before_the_rest_of_a_dead_one(void) {
    lay_out(FRONT + 12, 1);
    scrub_stack();
    sweep_its_front();
    CHECK_EQUAL(moat_heap.sweep.carry, 1);
    uintptr_t at = moat_take_small(FRONT, moat_heap.types.bytes_header);
    CHECK_POINTER((void *)moat_payload_at(at), (void *)~hole[0]);
    CHECK_HEAP();
    CHECK(is_good((void *)~hole[0], FRONT * MOAT_GRANULE - MOAT_WORD_BYTES, &moat_type_bytes, true));
    CHECK(!moat_object_find((void *)(~hole[0] + (FRONT + 2) * MOAT_GRANULE), NULL));
    moat_cycle_finish();
    CHECK_HEAP();
}

#define BEHIND MOAT_SMALL_GRANULES

/* A dead object that ends with its word is no matter of the next one, into which a new object may reach by then. */
static void an_object_goes_on_where_a_dead_one_ended(void) {
    lay_out(FRONT, BEHIND);
    scrub_stack();
    MOAT_CLEAR(refill[1]);
    collect_all();
    sweep_its_front();
    uintptr_t at = moat_take_large(FRONT + BEHIND, moat_heap.types.bytes_header);
    CHECK_POINTER((void *)moat_payload_at(at), (void *)~hole[0]);
    moat_cycle_finish();
    CHECK_HEAP();
    CHECK(is_good((void *)~hole[0], (FRONT + BEHIND) * MOAT_GRANULE - MOAT_WORD_BYTES, &moat_type_bytes, true));
}

/* ---- what is an object ---- */

#define HUGE_GRANULES 9000 /* more bitmap words than a back byte counts */
FRESH_ARENA(huge, (HUGE_GRANULES + 1000) * MOAT_GRANULE);

static void a_huge_object_is_found_by_its_last_byte(void) {
    CHECK(fresh_heap(huge.bytes, sizeof huge.bytes));
    unsigned char *bytes = MOAT_NEW_BYTES(HUGE_GRANULES * MOAT_GRANULE);
    struct moat_object object;
    CHECK(bytes != NULL && moat_object_find(bytes + HUGE_GRANULES * MOAT_GRANULE - 1, &object));
    CHECK_POINTER(object.start, bytes);
    CHECK_HEAP();
}

#define DEAD 50
static uintptr_t dead[DEAD];

static __attribute__((noinline)) void make_dead(void) {
    for (unsigned i = 0; i < DEAD; i++) {
        dead[i] = hide(MOAT_NEW(node_type));
    }
}

/* A stale word on the stack may keep one or another. */
static void what_the_sweep_has_still_to_free_is_no_object(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_dead();
    scrub_stack();
    moat_cycle_start();
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
    CHECK_EQUAL(moat_heap.sweep.word, 0);
    unsigned alive = 0;
    for (unsigned i = 0; i < DEAD; i++) {
        alive += is_alive(dead[i]) ? 1 : 0;
    }
    CHECK(alive < DEAD / 4);
}

/* The object becomes what the search makes of a free run that it passes. */
static void make_hole(void *object, uint32_t granules) {
    moat_port_mask_t masked = moat_port_mask();
    moat_holes_file(&moat_heap.lists, moat_heap.arenas.table[0]->bias, (uintptr_t)object - MOAT_WORD_BYTES, granules);
    moat_port_unmask(masked);
}

static void holes_are_no_objects_and_are_cleared(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (uint32_t granules = 1; granules <= MOAT_EXACT_HOLES; granules++) {
        size_t bytes = granules * MOAT_GRANULE - MOAT_WORD_BYTES;
        void *object = MOAT_NEW_BYTES(bytes), *again;
        CHECK(is_good(object, bytes, &moat_type_bytes, true));
        make_hole(object, granules);
        CHECK(!moat_object_find(object, NULL));
        again = MOAT_NEW_BYTES(bytes);
        CHECK_POINTER(again, object);
        CHECK(is_good(again, bytes, &moat_type_bytes, true));
    }
    CHECK_HEAP();
}

static void what_marking_leaves_of_a_run_is_a_hole(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    moat_cycle_start();
    const struct moat_search *search = &moat_heap.search;
    moat_word header = moat_heap.types.bytes_header;
    uint32_t rest;
    do {
        CHECK(moat_take_small(3, header) != 0);
        rest = moat_granules(search->run_end - search->run_at);
    } while (rest == 0 || rest >= 20);
    CHECK_EQUAL(moat_heap.listed, 0);
    CHECK(moat_take_small(20, header) != 0);
    CHECK_EQUAL(moat_heap.listed, rest);
    CHECK_HEAP();
}

/* A request for the longest hole passes all others, and then each of them serves a request of its size. */
static void what_is_too_small_while_marking_serves_others(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_holes();
    collect_all();
    moat_cycle_start();
    for (unsigned i = HOLES; i-- > 0;) {
        CHECK_POINTER((void *)moat_payload_at(moat_take_small(i + 2, moat_heap.types.bytes_header)), (void *)~hole[i]);
    }
    CHECK_EQUAL(moat_heap.listed, 0);
    CHECK_HEAP();
}

/* Each payment leaves room for one more request as large as the one it was for. */
static void a_payment_searches_ahead(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    make_holes();
    collect_all();
    moat_cycle_start();
    const struct moat_search *search = &moat_heap.search;
    for (uint32_t granules = 3; granules < HOLES - 10; granules += 3) {
        CHECK(MOAT_NEW_BYTES(granules * MOAT_GRANULE - MOAT_WORD_BYTES) != NULL);
        CHECK(search->run_end - search->run_at >= moat_bytes(granules) ||
              moat_holes_maybe(&moat_heap.aside, granules) || moat_heap.cycle.phase != MOAT_PHASE_MARK);
        CHECK(granules > 3 || moat_heap.cycle.phase == MOAT_PHASE_MARK);
    }
    CHECK_HEAP();
}

/* ---- the search's stop ---- */

static void stop_at(uint32_t word) {
    moat_port_mask_t masked = moat_port_mask();
    moat_search_stop_at(moat_heap.arenas.table[0], word);
    moat_port_unmask(masked);
}

/* `words` words behind the chunk, which the search has passed. */
static void try_stop(uint32_t words) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(MOAT_NEW(small_type) != NULL);
    const struct moat_arena *home = moat_heap.arenas.table[0];
    moat_word header = moat_heap.types.bytes_header;
    uint32_t word = (moat_granule_of(home, moat_heap.chunk.limit) + 31) / 32 + words;
    uintptr_t stop = moat_granule_address(home, word * 32), at;
    stop_at(word);
    CHECK_EQUAL(moat_take_large((words + 1) * 32, header), 0);
    for (uint32_t granules = 1 + words; granules != 0; granules--) {
        while ((at = moat_take_small(granules, header)) != 0) {
            CHECK(at + moat_bytes(granules) <= stop && moat_heap.chunk.limit <= stop);
        }
    }
    CHECK_EQUAL(at, 0);
    CHECK(free_bytes() >= home->low + home->span - MOAT_GRANULE - stop);
    CHECK_HEAP();
}

static void nothing_is_taken_behind_the_stop(void) {
    for (uint32_t words = 1; words < 10 && !test_failed(); words++) {
        try_stop(words);
    }
}

static const struct test_case cases[] = {
    TEST_CASE(bytes_of_each_size),
    TEST_CASE(large_sizes),
    TEST_CASE(arrays_of_each_length),
    TEST_CASE(tails_of_each_length),
    TEST_CASE(objects_of_a_type),
    TEST_CASE(each_filling_takes_as_much),
    TEST_CASE(stats_say_what_is_free),
    TEST_CASE(all_of_the_arena_in_one_object),
    TEST_CASE(every_hole_of_a_checkerboard_is_found),
    TEST_CASE(exact_fits),
    TEST_CASE(every_second_granule_is_used_again),
    TEST_CASE(an_object_ends_before_the_rest_of_a_dead_one),
    TEST_CASE(an_object_goes_on_where_a_dead_one_ended),
    TEST_CASE(a_huge_object_is_found_by_its_last_byte),
    TEST_CASE(what_the_sweep_has_still_to_free_is_no_object),
    TEST_CASE(holes_are_no_objects_and_are_cleared),
    TEST_CASE(what_marking_leaves_of_a_run_is_a_hole),
    TEST_CASE(what_is_too_small_while_marking_serves_others),
    TEST_CASE(a_payment_searches_ahead),
    TEST_CASE(nothing_is_taken_behind_the_stop),
};

int main(void) {
    return TEST_MAIN(cases);
}
