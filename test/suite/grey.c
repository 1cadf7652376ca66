/* The port's inner loop of marking against the one in C: from the same state and memory both give the same answer and
 * leave the same state and memory. Random heaps, random slots, budgets from 1 instruction on; after each call marking
 * goes on as moat_mark_some does, or nearly.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "mark/grey.h"
#include "mark/mark.h"
#include "space/granule.h"

#include <moat.h>
#include <string.h>

struct small {
    moat_word number;
};
MOAT_TYPE(type_small, struct small);

FRESH_ARENA(small_arena, 512 * sizeof(void *));

/* A loop over an arena, which has nothing to scan yet. */
static void look_at(struct moat_grey *loop, const struct moat_arena *arena) {
    memset(loop, 0, sizeof *loop);
    loop->grey = moat_grey_end(arena);
    loop->payload = arena->base + MOAT_WORD_BYTES;
    loop->granules = arena->granules - 1;
    loop->bits = arena->bits;
}

/* Both loops find that nothing is grey, and leave the list as it is. */
static void check_that_it_ends(struct moat_grey *loop, const struct moat_arena *arena) {
#ifdef MOAT_PORT_GREY
    struct moat_grey ports = *loop;
    CHECK_EQUAL(moat_port_grey_loop(&ports), MOAT_GREY_NEXT);
    CHECK_EQUAL(ports.grey, moat_grey_end(arena));
#endif
    CHECK_EQUAL(moat_grey_loop(loop), MOAT_GREY_NEXT);
    CHECK_EQUAL(loop->grey, moat_grey_end(arena));
}

/* It is the end of the object before, which has one granule, and neither is kept by it. */
static void a_header_is_no_object(void) {
    static moat_slot slot;
    struct moat_grey loop;
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    struct small *first = moat_new(&type_small), *second = moat_new(&type_small);
    CHECK((uintptr_t)second - (uintptr_t)first == MOAT_GRANULE);
    const struct moat_arena *arena = moat_arena_of((uintptr_t)first);
    slot = (moat_raw *)second - 1;
    look_at(&loop, arena);
    loop.at = &slot;
    loop.end = loop.far = &slot + 1;
    loop.habit = MOAT_GREY_NO_HABIT;
    loop.budget = 1000;
#ifdef MOAT_PORT_GREY
    struct moat_grey ports = loop;
    CHECK_EQUAL(moat_port_grey_loop(&ports), MOAT_GREY_LOOK);
    CHECK_EQUAL(ports.value, (uintptr_t)slot);
#endif
    CHECK_EQUAL(moat_grey_loop(&loop), MOAT_GREY_LOOK);
    CHECK_EQUAL(loop.value, (uintptr_t)slot);
    CHECK(moat_is_white(arena, moat_granule_of(arena, (uintptr_t)first)));
    CHECK(moat_is_white(arena, moat_granule_of(arena, (uintptr_t)second)));
}

#define PIECE 24
#define SLICE ((intptr_t)250)

/* Else a slice would be longer than it may be by the piece that the one before has begun. Behind the first window 120
 * are for the 24 slots: so that slice does for five that hold pointers, and the fifth one for what comes behind. */
static void a_slice_pays_for_what_is_left_of_a_piece(void) {
    static moat_slot slots[PIECE];
    struct moat_grey loop;
    uint32_t windows = 0;
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    struct small *object = moat_new(&type_small);
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    uint32_t head = moat_grey_end(arena);
    for (size_t i = 0; i < PIECE; i++) {
        slots[i] = object;
    }
    look_at(&loop, arena);
    loop.at = slots;
    loop.end = loop.far = slots + PIECE;
    loop.habit = MOAT_GREY_NO_HABIT;
    loop.slice = SLICE;
    loop.rest = 10 * SLICE;
    loop.opens = 1;
    loop.head = &head;
    loop.slices = &windows;
    loop.masked = moat_port_mask();
    unsigned why = moat_grey_loop(&loop);
    moat_port_unmask(loop.masked);
    CHECK_EQUAL(why, MOAT_GREY_NEXT);
    CHECK_EQUAL(windows, 5);
    CHECK_EQUAL(loop.rest + loop.budget, 10 * SLICE - 5 * MOAT_GREY_WINDOW - PIECE * MOAT_GREY_POINTER);
}

#ifndef MOAT_PORT_GREY

static void the_port_marks_as_c_does(void) {
    SKIP("the port's loop is the one in C");
}

#else

#define ROUNDS 50
#define CALLS_MOST 5000
#define OBJECTS 300
#define ROOTS 40
#define HABIT_SLOTS 8
#define NO_HABIT (~(moat_word)0)

/* ---- objects ---- */

struct any;
#define SLOTS_TYPE(n)                                                                                                  \
    struct slots_##n {                                                                                                 \
        MOAT_REF(struct any) slots[n];                                                                                 \
    };                                                                                                                 \
    MOAT_TYPE(type_##n, struct slots_##n, slots)
SLOTS_TYPE(1);
SLOTS_TYPE(2);
SLOTS_TYPE(3);
SLOTS_TYPE(4);
SLOTS_TYPE(5);
SLOTS_TYPE(6);
SLOTS_TYPE(7);
SLOTS_TYPE(8);
SLOTS_TYPE(9);

struct gap {
    MOAT_REF(struct any) first;
    moat_word number;
    MOAT_REF(struct any) second;
};
MOAT_TYPE(type_gap, struct gap, first, second);

struct leaf {
    moat_word numbers[3];
};
MOAT_TYPE(type_leaf, struct leaf);

static const struct moat_type *const types[] = {&type_1, &type_2, &type_3, &type_4,   &type_5,   &type_6,
                                                &type_7, &type_8, &type_9, &type_gap, &type_leaf};
#define TYPES (sizeof types / sizeof types[0])

FRESH_ARENA(home_arena, 2048 * sizeof(void *));
FRESH_ARENA(other_arena, 512 * sizeof(void *));

static struct moat_object objects[OBJECTS];
static uint32_t object_count;
static moat_slot roots[ROOTS];

static struct moat_arena *home(void) {
    return moat_heap.arenas.table[0];
}

/* Makes objects of each type, arrays less often, until a cycle starts. */
static bool make_objects(void) {
    for (object_count = 0; object_count < OBJECTS; object_count++) {
        uint32_t kind = test_random_below(TYPES), count = 1 + test_random_below(20);
        void *object = test_random_below(12) == 0 ? moat_new_array(types[kind], count) : moat_new(types[kind]);
        if (object == NULL || moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
            break;
        }
        (void)moat_object_find(object, &objects[object_count]);
    }
    return object_count > 50;
}

static uintptr_t random_object(void) {
    return (uintptr_t)objects[test_random_below(object_count)].start;
}

/* A value that a slot may hold, or one that it should not. */
static uintptr_t random_value(void) {
    const struct moat_object *object = &objects[test_random_below(object_count)];
    const struct moat_arena *arena = home();
    switch (test_random_below(24)) {
    case 0:
        return 0;
    case 1:
        return test_random();
    case 2:
        return test_random_below(0x2000);
    case 3: /* into an object, unaligned as well */
        return (uintptr_t)object->start + test_random_below((uint32_t)object->bytes);
    case 4: /* its header, or the end of the one before */
        return (uintptr_t)object->start - test_random_below(2 * MOAT_WORD_BYTES);
    case 5: /* about the arena's first granule, */
        return arena->low - 4 * MOAT_GRANULE + test_random_below(8 * MOAT_GRANULE);
    case 6: /* and its last */
        return arena->low + arena->span - 4 * MOAT_GRANULE + test_random_below(8 * MOAT_GRANULE);
    case 7:
        return arena->low + test_random_below((uint32_t)arena->span);
    case 8:
        return (uintptr_t)other_arena.bytes + test_random_below(sizeof other_arena.bytes);
    default:
        return (uintptr_t)object->start;
    }
}

static void fill(moat_slot *at, size_t words) {
    for (; words != 0; words--) {
        *at++ = (void *)random_value();
    }
}

/* A cycle has begun, and some objects are marked. */
static bool prepare(bool with_others) {
    object_count = 0;
    if (!fresh_heap(home_arena.bytes, sizeof home_arena.bytes) ||
        (with_others && moat_arena_add(other_arena.bytes, sizeof other_arena.bytes) != MOAT_OK) || !make_objects()) {
        return false;
    }
    for (uint32_t i = 0; i < object_count; i++) {
        fill(objects[i].start, objects[i].bytes / MOAT_WORD_BYTES);
    }
    fill(roots, ROOTS);
    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
        moat_cycle_start();
    }
    moat_port_mask_t masked = moat_port_mask();
    for (uint32_t marked = test_random_below(object_count); marked != 0; marked--) {
        moat_mark_value((void *)random_object());
    }
    moat_port_unmask(masked);
    return true;
}

/* ---- one call of both ---- */

static unsigned char memory_before[sizeof home_arena.bytes], memory_after[sizeof home_arena.bytes];

/* Calls both loops. Returns the answer, or -1: they differ, and `differs` says in what. */
static const char *differs;
static uint32_t slices;

static int call_both(struct moat_grey *loop) {
    struct moat_grey ports = *loop;
    memcpy(memory_before, home_arena.bytes, sizeof memory_before);
    uint32_t slices_before = slices;
    unsigned port = moat_port_grey_loop(&ports);
    uint32_t slices_after = slices;
    slices = slices_before;
    memcpy(memory_after, home_arena.bytes, sizeof memory_after);
    memcpy(home_arena.bytes, memory_before, sizeof memory_before);
    unsigned c = moat_grey_loop(loop);
    differs = port != c                                                          ? "the answer"
              : slices != slices_after                                           ? "the count of slices"
              : memcmp(&ports, loop, sizeof ports) != 0                          ? "the state"
              : memcmp(memory_after, home_arena.bytes, sizeof memory_after) != 0 ? "the memory"
                                                                                 : NULL;
    return differs == NULL ? (int)c : -1;
}

/* ---- marking ---- */

static uint32_t seen[MOAT_GREY_LOOK + 1], habits[HABIT_SLOTS + 1], far_pieces;

static intptr_t random_budget(void) {
    return (intptr_t)(1 + test_random_below(test_random_below(4) == 0 ? 1500 : 400));
}

static void begin_piece(struct moat_grey *loop, moat_slot *at, moat_slot *far) {
    loop->at = at;
    loop->far = far;
    loop->end = far - at > MOAT_GREY_PIECE_SLOTS ? at + MOAT_GREY_PIECE_SLOTS : far;
    far_pieces += loop->end != far ? 1u : 0u;
}

/* Objects that are slots at their front only are after a habit. */
static void begin_object(struct moat_grey *loop, uint32_t granule) {
    uintptr_t at = moat_granule_address(home(), granule);
    moat_word header = *moat_header_at(at);
    const struct moat_type *type = moat_header_type(header);
    moat_slot *slots = (moat_slot *)moat_payload_at(at);
    uint32_t words = (uint32_t)(moat_granule_address(home(), moat_object_end(home(), granule)) - (uintptr_t)slots) /
                     (uint32_t)MOAT_WORD_BYTES;
    uint32_t count = type->size / (uint32_t)MOAT_WORD_BYTES;
    loop->grey = moat_header_link(header);
    loop->habit = NO_HABIT;
    if ((header & MOAT_HEADER_ARRAY) == 0 && count <= HABIT_SLOTS && type != &type_gap) {
        loop->habit = header >> MOAT_HEADER_LINK_BITS;
        loop->habit_bytes = count * MOAT_WORD_BYTES;
        loop->cost = (intptr_t)(MOAT_GREY_PIECE + MOAT_GREY_SLOT * count);
        begin_piece(loop, slots, slots + count);
        habits[count]++;
    } else {
        begin_piece(loop, slots, slots + test_random_below(words + 1));
    }
}

/* False: nothing is grey. */
static bool go_on(struct moat_grey *loop, unsigned why) {
    if (why == MOAT_GREY_LOOK) {
        home()->grey = (uint32_t)loop->grey;
        if (moat_object_find((void *)loop->value, NULL)) { /* core's slots never point at a hole, these may */
            moat_mark_value((void *)loop->value);
        }
        loop->grey = home()->grey;
    } else if (why == MOAT_GREY_NEXT) {
        if (loop->grey == moat_grey_end(home())) {
            return false;
        }
        begin_object(loop, (uint32_t)loop->grey);
    }
    if (why == MOAT_GREY_SPENT || loop->budget < 0 || test_random_below(8) == 0) {
        loop->budget = random_budget();
        loop->rest = test_random_below(2) == 0 ? 0 : random_budget();
    }
    return true;
}

static void begin(struct moat_grey *loop, bool others) {
    struct moat_arena *arena = home();
    memset(loop, 0, sizeof *loop);
    begin_piece(loop, roots + test_random_below(ROOTS / 2), roots + ROOTS / 2 + test_random_below(ROOTS / 2));
    loop->end = test_random_below(2) == 0 ? loop->at : loop->end;
    loop->grey = arena->grey;
    loop->payload = arena->base + MOAT_WORD_BYTES;
    loop->granules = arena->granules - 1;
    loop->bits = arena->bits;
    loop->habit = NO_HABIT;
    loop->others = others;
    loop->budget = random_budget();
    loop->opens = test_random_below(4) != 0;
    loop->head = &arena->grey;
    loop->masked = moat_port_mask();
    loop->slice = random_budget();
    loop->slices = &slices;
}

/* Interrupts masked. Calls until nothing is grey. */
static void mark_all(bool others) {
    struct moat_grey loop;
    begin(&loop, others);
    for (uint32_t calls = 0; calls < CALLS_MOST; calls++) {
        int why = call_both(&loop);
        if (why < 0) {
            test_fail(__FILE__, (int)calls, differs);
            return;
        }
        seen[why]++;
        if (!go_on(&loop, (unsigned)why)) {
            return;
        }
    }
    test_fail(__FILE__, __LINE__, "marking has no end");
}

static void the_port_marks_as_c_does(void) {
    memset(seen, 0, sizeof seen);
    memset(habits, 0, sizeof habits);
    far_pieces = slices = 0;
    for (uint32_t round = 0; round < ROUNDS && !test_failed(); round++) {
        bool others = round % 2 != 0;
        CHECK(prepare(others));
        moat_port_mask_t masked = moat_port_mask();
        mark_all(others);
        moat_port_unmask(masked);
    }
    test_note("used up", seen[MOAT_GREY_SPENT]);
    test_note("next", seen[MOAT_GREY_NEXT]);
    test_note("looked up", seen[MOAT_GREY_LOOK]);
    test_note("far pieces", far_pieces);
    test_note("windows", slices);
    CHECK(seen[MOAT_GREY_SPENT] > 300 && seen[MOAT_GREY_NEXT] > 300 && seen[MOAT_GREY_LOOK] > 300);
    CHECK(far_pieces > 100 && slices > 100);
    for (uint32_t slots = 1; slots <= HABIT_SLOTS; slots++) {
        CHECK(habits[slots] > 50);
    }
}

#endif

struct pair {
    MOAT_REF(struct pair) next;
};
MOAT_TYPE(type_pair, struct pair, next);

/* The memory that the arena is made in may hold anything: headers of grey objects too. */
static void the_end_of_the_list_is_no_object(void) {
    struct moat_grey loop;
    for (size_t i = 0; i < sizeof small_arena.bytes / sizeof(moat_word); i++) {
        ((moat_raw *)small_arena.bytes)[i] = moat_header_of_type(&type_pair);
    }
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    CHECK_EQUAL(arena->grey, moat_grey_end(arena));
    look_at(&loop, arena);
    loop.habit = moat_header_of_type(&type_pair) >> MOAT_HEADER_LINK_BITS;
    loop.habit_bytes = MOAT_WORD_BYTES;
    loop.budget = 1000;
    check_that_it_ends(&loop, arena);
}

/* A word that was written over the fence, as by who writes past the last object: it names no type, though what lies
 * behind the section of types may look like one with slots at its front. */
static void the_end_of_the_list_was_written_over(void) {
    static moat_slot slot;
    struct moat_grey loop;
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    const struct moat_arena *arena = moat_heap.arenas.table[0];
    uintptr_t at = ((uintptr_t)moat_types_end + MOAT_TYPE_ALIGN - 1) & ~(uintptr_t)(MOAT_TYPE_ALIGN - 1);
    while (((const volatile struct moat_type *)at)->front_bytes == 0) {
        at += MOAT_TYPE_ALIGN;
    }
    moat_raw *fence = moat_header_at(moat_granule_address(arena, moat_grey_end(arena)));
    *fence = moat_header_of_type((const struct moat_type *)at);
    CHECK(!moat_header_has_slots(*fence) && !moat_header_known(*fence));
    look_at(&loop, arena);
    loop.at = loop.end = loop.far = &slot;
    loop.habit = MOAT_GREY_ANY_HABIT;
    loop.budget = 1000;
    check_that_it_ends(&loop, arena);
}

#define LOOKED_UP 72

/* An array of pointers into an object, each of which is looked up outside of the loop. A slice has room for three, and
 * where it pays for the rest of a piece often for two. */
static void a_slice_outside_the_loop_pays_for_it_too(void) {
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    struct pair *object = moat_new(&type_pair), *array = moat_new_array(&type_pair, LOOKED_UP);
    CHECK(object != NULL && array != NULL);
    for (size_t i = 0; i < LOOKED_UP; i++) {
        MOAT_STORE(array[i].next, (struct pair *)(void *)((unsigned char *)object + 1));
    }
    moat_cycle_start();
    moat_port_mask_t masked = moat_port_mask();
    moat_mark_value(array);
    uint32_t before = moat_heap.stats.slices, left = moat_mark_some(MOAT_MARK_UNITS_MAX, masked);
    moat_port_unmask(masked);
    CHECK(left != 0);
    CHECK(moat_heap.stats.slices - before >= LOOKED_UP / 3 + 6);
    moat_cycle_finish();
}

struct spaced {
    MOAT_REF(struct pair) first;
    moat_word number;
    MOAT_REF(struct pair) second;
};
MOAT_TYPE(type_spaced, struct spaced, first, second);

struct both {
    MOAT_REF(struct pair) plain;
    MOAT_REF(struct spaced) spaced;
};
MOAT_TYPE(type_both, struct both, plain, spaced);

static uintptr_t hidden[2];

/* Objects that end the reach of a word of the stack. */
#define FAR_OFF 20

__attribute__((noinline)) static struct both *make_both(void) {
    struct both *both = moat_new(&type_both);
    for (size_t i = 0; i < FAR_OFF; i++) {
        (void)moat_new(&type_pair);
    }
    struct pair *first = moat_new(&type_pair), *second = moat_new(&type_pair);
    struct spaced *spaced = moat_new(&type_spaced);
    MOAT_STORE(spaced->first, first);
    MOAT_STORE(spaced->second, second);
    MOAT_STORE(both->plain, moat_new(&type_pair));
    MOAT_STORE(both->spaced, spaced);
    hidden[0] = hide(first);
    hidden[1] = hide(second);
    return both;
}

/* An object with slots that the loop does not see has been begun, and another is grey that the loop could go on to. */
static void a_scan_that_is_not_over_comes_first(void) {
    CHECK(fresh_heap(small_arena.bytes, sizeof small_arena.bytes));
    struct both *both = make_both();
    collect_once();
    CHECK(is_alive(hidden[0]) && is_alive(hidden[1]));
    CHECK(both->plain != NULL);
}

static const struct test_case cases[] = {
    TEST_CASE(the_end_of_the_list_is_no_object),
    TEST_CASE(the_end_of_the_list_was_written_over),
    TEST_CASE(a_header_is_no_object),
    TEST_CASE(a_slice_pays_for_what_is_left_of_a_piece),
    TEST_CASE(a_slice_outside_the_loop_pays_for_it_too),
    TEST_CASE(a_scan_that_is_not_over_comes_first),
    TEST_CASE(the_port_marks_as_c_does),
};

int main(void) {
    return TEST_MAIN(cases);
}
