/* The reach of every kind of object (docs/design.md, "Ambiguous words"), with one word on a stack that never runs: each
 * bias up to the reach keeps the object, one more does not; at an arena's first place, its last, and between others; in
 * the first arena and in the second.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "heap/cycle.h"
#include "mark/mark.h"
#include "space/granule.h"
#include "support/filler.h"

#include <moat.h>
#include <stdio.h>

#define ARENA_BYTES 12288
#define SPARE_BYTES 4096
FRESH_ARENA(low, SPARE_BYTES);
FRESH_ARENA(home, ARENA_BYTES);
FRESH_ARENA(high, SPARE_BYTES);

struct small {
    uintptr_t words[3];
};
MOAT_TYPE(small_type, struct small);

struct table {
    struct {
        uint32_t a, b, c, d;
    } quads[15];
};
MOAT_TYPE(table_type, struct table);

struct node {
    MOAT_REF(struct node) next;
    uintptr_t words[6];
};
MOAT_TYPE(node_type, struct node, next);

static void finalize(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(finalized_type, struct table, finalize);

struct flex {
    uintptr_t count;
    uint64_t tail[];
};
MOAT_TYPE_FLEX(flex_type, struct flex, MOAT_TAIL_BYTES(struct flex, tail));

#define LARGE_BYTES 700 /* no chunk has room for them */
#define FAR_LENGTH 4600 /* longer than the reach, and of many bitmap words */

static void *new_small(void) {
    return MOAT_NEW(small_type);
}

static void *new_node(void) {
    return MOAT_NEW(node_type);
}

static void *new_table(void) {
    return MOAT_NEW(table_type);
}

static void *new_array(void) {
    return MOAT_NEW_ARRAY(small_type, 20);
}

static void *new_slots(void) {
    return MOAT_NEW_ARRAY(node_type, 5);
}

static void *new_bytes(void) {
    return MOAT_NEW_BYTES(90);
}

static void *new_flex(void) {
    return MOAT_NEW_FLEX(flex_type, 25);
}

static void *new_finalized(void) {
    return MOAT_NEW(finalized_type);
}

static void *new_large(void) {
    return MOAT_NEW_BYTES(LARGE_BYTES);
}

static void *new_long(void) {
    return MOAT_NEW_BYTES(FAR_LENGTH);
}

static const struct kind {
    const char *name;
    void *(*make)(void);
} kinds[] = {
    {"small struct", new_small}, {"struct with a slot", new_node}, {"struct of an array", new_table},
    {"array", new_array},        {"array with slots", new_slots},  {"bytes", new_bytes},
    {"flexible", new_flex},      {"finalized", new_finalized},     {"large", new_large},
    {"far longer", new_long},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

enum place { FIRST, MIDDLE, LAST, PLACES };

/* Where the arena with the object is: the only one, or the second, above the first or below it. */
enum where { ALONE, ABOVE, BELOW, WHERES };

/* ---- the word ---- */

static uintptr_t word[1];
static struct moat_stack word_stack;

static __attribute__((noinline)) bool hold(uintptr_t hidden, intptr_t offset) {
    word[0] = ~hidden + (uintptr_t)offset;
    word_stack.low = word_stack.sp = (uintptr_t)word;
    word_stack.high = (uintptr_t)(word + 1);
    return moat_stack_add(&word_stack) == MOAT_OK;
}

/* ---- one object in its place ---- */

static MOAT_ROOT(void) laid_out;     /* the object, while the rest is filled: that may take a collection */
static uintptr_t object, object_end; /* disguised both */
static uintptr_t length;             /* of payload, to the end of the granules */

/* How many granules the object takes, found in a heap of its own. */
static __attribute__((noinline)) void measure(const struct kind *kind) {
    CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    struct moat_object found;
    CHECK(moat_object_find(kind->make(), &found));
    length = found.bytes;
}

static void fill_first_arena(void) {
    fill(moat_granules(moat_heap.arenas.table[0]->span) - 1);
}

static __attribute__((noinline)) void lay_out(const struct kind *kind, enum place place, enum where where) {
    measure(kind);
    CHECK(!test_failed());
    if (where == ALONE) {
        CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    } else {
        CHECK(where == ABOVE ? fresh_heap(low.bytes, sizeof low.bytes) : fresh_heap(high.bytes, sizeof high.bytes));
        fill_first_arena();
        CHECK(!test_failed());
        CHECK_EQUAL(moat_arena_add(home.bytes, sizeof home.bytes), MOAT_OK);
    }
    const struct moat_arena *arena = moat_heap.arenas.table[where == ALONE ? 0 : 1];
    size_t room = moat_granules(arena->span) - 1, granules = (length + MOAT_WORD_BYTES) / MOAT_GRANULE;
    size_t before = place == FIRST ? 0 : place == LAST ? room - granules : 5000 / MOAT_GRANULE;
    if (before != 0) {
        fill(before);
        CHECK(!test_failed());
    }
    uintptr_t start = arena->low + before * MOAT_GRANULE;
    void *made = kind->make();
    CHECK_EQUAL((uintptr_t)made, moat_payload_at(start));
    MOAT_STORE(laid_out, made);
    object = hide(made);
    object_end = ~(start + granules * MOAT_GRANULE);
    if (place != LAST) {
        fill(room - before - granules);
    }
    MOAT_CLEAR(laid_out);
}

static const char *text_of(const struct kind *kind, enum place place, enum where where, intptr_t offset) {
    static const char *const places[PLACES] = {"first", "middle", "last"};
    static const char *const wheres[WHERES] = {"the only arena", "a second arena above", "a second arena below"};
    static char text[120];
    (void)snprintf(text, sizeof text, "%s, %s of %s, word at %ld", kind->name, places[place], wheres[where],
                   (long)offset);
    return text;
}

/* Whether a word at this many bytes from the payload's start, or from the end of the granules, keeps the object. A
 * finalizer that has run tells that it was found dead. */
static void keeps(const struct kind *kind, enum place place, enum where where, bool from_end, intptr_t offset,
                  bool kept) {
    lay_out(kind, place, where);
    CHECK(!test_failed());
    scrub_stack();
    CHECK(hold(from_end ? object_end : object, offset));
    collect_once();
    bool alive = is_alive(object) && moat_heap.stats.finalized == 0;
    if (alive != kept) {
        test_fail(__FILE__, __LINE__, text_of(kind, place, where, offset));
    }
    CHECK_HEAP();
}

/* ---- the cases ---- */

static intptr_t reach_before(void) {
    uintptr_t own = length < MOAT_FAR_BYTES ? length : MOAT_FAR_BYTES;
    return (intptr_t)(own > MOAT_NEAR_BYTES ? own : MOAT_NEAR_BYTES);
}

/* Every bias near the object, and from there on some, up to the last and one more. */
static void every_bias(const struct kind *kind, enum place place, enum where where) {
    measure(kind);
    CHECK(!test_failed());
    const intptr_t near = (intptr_t)MOAT_NEAR_BYTES, before = reach_before();
    const intptr_t step = where == ALONE ? 1 : 7;
    for (intptr_t bias = 0; bias <= near && !test_failed(); bias += step) {
        keeps(kind, place, where, false, -bias, true);
        CHECK(!test_failed());
        keeps(kind, place, where, true, bias, true);
    }
    for (intptr_t bias = near + 1; bias <= near + (intptr_t)MOAT_GRANULE && bias <= before && !test_failed(); bias++) {
        keeps(kind, place, where, false, -bias, true);
    }
    for (intptr_t bias = near; bias < before && !test_failed(); bias += where == ALONE ? bias / 8 + 3 : bias / 2 + 3) {
        keeps(kind, place, where, false, -bias, true);
    }
    /* Where one look of the search ends and the next begins. */
    for (intptr_t end = 2 * near; end <= before && !test_failed(); end *= 2) {
        for (intptr_t bias = end - 1; bias <= end + (intptr_t)MOAT_GRANULE && bias <= before && !test_failed();
             bias++) {
            keeps(kind, place, where, false, -bias, true);
        }
    }
    CHECK(!test_failed());
    keeps(kind, place, where, false, -before, true);
    CHECK(!test_failed());
    if (place != FIRST) { /* addresses of the arena's beginning are in core's own frames, too */
        keeps(kind, place, where, false, -before - 1, false);
        CHECK(!test_failed());
    }
    keeps(kind, place, where, true, near, true);
    CHECK(!test_failed());
    if (place != FIRST) {
        keeps(kind, place, where, true, near + 1, false);
    }
}

static void every_kind(enum where where) {
    for (size_t i = 0; i < KINDS && !test_failed(); i++) {
        for (enum place place = FIRST; place < PLACES && !test_failed(); place++) {
            every_bias(&kinds[i], place, where);
        }
    }
}

static void in_the_only_arena(void) {
    every_kind(ALONE);
}

static void in_a_second_arena_above(void) {
    every_kind(ABOVE);
}

static void in_a_second_arena_below(void) {
    every_kind(BELOW);
}

/* Two arenas that touch: a word between them is within reach of the last object of one and the first of the other. */
static __attribute__((noinline)) void lay_out_neighbours(void) {
    CHECK(fresh_heap(home.bytes, 1024));
    void *all = moat_new_bytes((moat_granules(moat_heap.arenas.table[0]->span) - 1) * MOAT_GRANULE - MOAT_WORD_BYTES);
    CHECK(all != NULL);
    object = hide(all);
    CHECK_EQUAL(moat_arena_add(home.bytes + 1024, 1024), MOAT_OK);
    void *other = MOAT_NEW_BYTES(500);
    CHECK_EQUAL((uintptr_t)other, moat_payload_at(moat_heap.arenas.table[1]->low));
    object_end = hide(other);
}

static void between_two_arenas(void) {
    lay_out_neighbours();
    CHECK(!test_failed());
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    scrub_stack();
    CHECK(hold(~(arena->low + arena->span - MOAT_GRANULE), (intptr_t)MOAT_NEAR_BYTES));
    collect_once();
    CHECK(is_alive(object) && is_alive(object_end));
    CHECK_HEAP();
}

/* A persistent block is kept for good; a word at its borders changes nothing about that. */
static void a_persistent_block(void) {
    CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    uintptr_t start = (uintptr_t)moat_persistent_new(&table_type, 1);
    CHECK(start != 0);
    object = ~start;
    for (intptr_t bias = -70; bias <= 70; bias += 35) {
        CHECK(hold(object, bias));
        collect_once();
        CHECK(is_alive(object));
        CHECK_HEAP();
        CHECK_EQUAL(moat_stack_remove(&word_stack), MOAT_OK);
    }
}

/* Whoever asks for the object at an address gets none for one that only a compiler could have made. */
static void nobody_else_knows_the_reach(void) {
    for (enum place place = FIRST; place < PLACES; place++) {
        lay_out(&kinds[2], place, ALONE);
        CHECK(!test_failed());
        for (uintptr_t bias = 1; bias <= MOAT_NEAR_BYTES; bias++) {
            struct moat_object found;
            bool before = moat_object_find((void *)(~object - bias), &found) && found.start == (void *)~object;
            bool past = moat_object_find((void *)(~object_end + bias - 1), &found) && found.start == (void *)~object;
            CHECK(!before && !past);
        }
    }
}

static void make_small(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        CHECK(moat_new_bytes(MOAT_GRANULE) != NULL);
    }
}

/* An object of so many granules, with small ones before and behind it. */
static __attribute__((noinline)) void lay_out_among_small(size_t granules) {
    CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    make_small(100 + (unsigned)granules % 7);
    void *made = moat_new_bytes(granules * MOAT_GRANULE - MOAT_WORD_BYTES);
    CHECK(made != NULL);
    object = hide(made);
    make_small(100);
}

/* No other object is long there. */
static void of_every_length_among_small_ones(void) {
    for (size_t granules = MOAT_NEAR_GRANULES + 1; granules < 90 && !test_failed(); granules++) {
        const intptr_t bytes = (intptr_t)(granules * MOAT_GRANULE - MOAT_WORD_BYTES);
        for (intptr_t bias = bytes; bias > 0 && !test_failed(); bias -= bytes / 5) {
            lay_out_among_small(granules);
            CHECK(!test_failed());
            scrub_stack();
            CHECK(hold(object, -bias));
            collect_once();
            CHECK(is_alive(object));
        }
    }
}

static uint32_t units_for(uintptr_t value) {
    const moat_raw looked_at = value;
    return moat_mark_ambiguous(&looked_at, &looked_at + 1);
}

/* Between small objects one look at each distance shows that none is long. */
static void a_look_far_ahead_is_counted(void) {
    CHECK(fresh_heap(home.bytes, sizeof home.bytes));
    unsigned char *large = MOAT_NEW_BYTES(LARGE_BYTES);
    CHECK(large != NULL);
    unsigned char *small = moat_new_bytes(MOAT_GRANULE);
    make_small(150);
    moat_cycle_start();
    uint32_t nothing = units_for((uintptr_t)small);
    CHECK(units_for((uintptr_t)large - 100) >= nothing + 10);
    moat_cycle_finish();
}

static const struct test_case cases[] = {
    TEST_CASE(in_the_only_arena),
    TEST_CASE(in_a_second_arena_above),
    TEST_CASE(in_a_second_arena_below),
    TEST_CASE(between_two_arenas),
    TEST_CASE(a_persistent_block),
    TEST_CASE(nobody_else_knows_the_reach),
    TEST_CASE(of_every_length_among_small_ones),
    TEST_CASE(a_look_far_ahead_is_counted),
};

int main(void) {
    return TEST_MAIN(cases);
}
