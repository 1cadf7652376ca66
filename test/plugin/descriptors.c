/* The types that the plugin makes name the same slots as those that MOAT_TYPE makes of the same members.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "heap/cycle.h"
#include "mark/mark.h"

#include <moat.h>

#include <string.h>

FRESH_ARENA(arena, 32768);

/* Each struct is there twice, since a struct that has a MOAT_TYPE in the unit gets that. */
#define TWICE(name, ...)                                                                                               \
    struct name __VA_ARGS__;                                                                                           \
    struct name##_made __VA_ARGS__

struct cell {
    int number;
    char *text;
};

TWICE(none, {
    int a, b;
    void (*call)(void);
});
MOAT_TYPE(none_type, struct none);

TWICE(one, {
    int value;
    char *text;
});
MOAT_TYPE(one_type, struct one, text);

TWICE(front, {
    char *first;
    char *second;
    int number;
});
MOAT_TYPE(front_type, struct front, first, second);

TWICE(nested, {
    struct {
        char *first;
        struct {
            int bits : 3;
            char *second;
        } inner;
    } outer;
    union {
        char *as_text;
        struct cell *as_cell;
    } either;
    char *last[3];
});
MOAT_TYPE(nested_type, struct nested, outer.first, outer.inner.second, either.as_text, last);

TWICE(wide, {
    char *first;
    uintptr_t words[70];
    char *last;
});
MOAT_TYPE(wide_type, struct wide, first, last);

TWICE(cells, {
    char *first;
    struct cell cell[40];
    char *last;
});
MOAT_TYPE_RUNS(cells_type, struct cells, MOAT_RUN_SLOTS(struct cells, first),
               MOAT_RUN_STRUCTS(struct cells, cell, struct cell, text), MOAT_RUN_SLOTS(struct cells, last));

TWICE(tail, {
    char *first;
    int count;
    char *item[];
});
MOAT_TYPE_FLEX(tail_type, struct tail, MOAT_RUN_SLOTS(struct tail, first), MOAT_TAIL_SLOTS(struct tail, item));

TWICE(cell_tail, {
    int count;
    struct cell cell[];
});
MOAT_TYPE_FLEX(cell_tail_type, struct cell_tail, MOAT_TAIL_STRUCTS(struct cell_tail, cell, struct cell, text));

TWICE(byte_tail, {
    char *first;
    char bytes[];
});
MOAT_TYPE_FLEX(byte_tail_type, struct byte_tail, MOAT_RUN_SLOTS(struct byte_tail, first),
               MOAT_TAIL_BYTES(struct byte_tail, bytes));

static void compare(const struct moat_type *hand, const struct moat_type *made) {
    CHECK_EQUAL(made->size, hand->size);
    CHECK_EQUAL(made->extent, hand->extent);
    CHECK_EQUAL(made->flexible, hand->flexible);
    CHECK_EQUAL(made->front_bytes, hand->front_bytes);
    CHECK_EQUAL(made->finalize == NULL, 1);
    static char memory[1024] __attribute__((aligned(16)));
    uintptr_t start = (uintptr_t)memory, end = start + made->size + (made->flexible != 0 ? 5 * sizeof(struct cell) : 0);
    uint32_t units = UINT32_MAX;
    struct moat_scan by_hand, by_plugin;
    moat_scan_begin(&by_hand, hand, start, end, false);
    moat_scan_begin(&by_plugin, made, start, end, false);
    moat_slot *slot;
    do {
        slot = moat_scan_next(&by_hand, &units);
        CHECK_POINTER(moat_scan_next(&by_plugin, &units), slot);
    } while (slot != NULL);
}

static void slots_are_the_same(void) {
    compare(&none_type, MOAT_TYPE_OF(struct none_made));
    compare(&one_type, MOAT_TYPE_OF(struct one_made));
    compare(&front_type, MOAT_TYPE_OF(struct front_made));
    compare(&nested_type, MOAT_TYPE_OF(struct nested_made));
    compare(&wide_type, MOAT_TYPE_OF(struct wide_made));
    compare(&cells_type, MOAT_TYPE_OF(struct cells_made));
    compare(&tail_type, MOAT_TYPE_OF(struct tail_made));
    compare(&cell_tail_type, MOAT_TYPE_OF(struct cell_tail_made));
    compare(&byte_tail_type, MOAT_TYPE_OF(struct byte_tail_made));
}

/* ---- words that are a pointer or a number ---- */

union either {
    char *text;
    uintptr_t number;
    unsigned char bytes[3];
};

struct both {
    union either first;
    char *text;
    uintptr_t none;
    union either many[3];
};

struct both_tail {
    int count;
    struct both piece[];
};

struct both_far {
    union either first;
    uintptr_t none[70];
    union either last;
    struct {
        uintptr_t none[40];
        union either in;
    } wide[2];
};

static void compare_words(const struct moat_type *made, size_t bytes, const size_t *slots, size_t count) {
    static char memory[1024] __attribute__((aligned(16)));
    uint32_t units = UINT32_MAX;
    uint64_t found = 0, wanted = 0;
    struct moat_scan scan;
    moat_scan_begin(&scan, made, (uintptr_t)memory, (uintptr_t)memory + bytes, false);
    size_t visited = 0;
    for (moat_slot *slot = moat_scan_next(&scan, &units); slot != NULL; slot = moat_scan_next(&scan, &units)) {
        found += (uint64_t)1 << ((uintptr_t)slot - (uintptr_t)memory) / sizeof(void *) % 63;
        visited++;
    }
    for (size_t i = 0; i < count; i++) {
        wanted += (uint64_t)1 << slots[i] / sizeof(void *) % 63;
    }
    CHECK_EQUAL(visited, count);
    CHECK(found == wanted);
}

static void unions_are_scanned(void) {
    static const size_t both[] = {offsetof(struct both, first), offsetof(struct both, text),
                                  offsetof(struct both, many[0]), offsetof(struct both, many[1]),
                                  offsetof(struct both, many[2])};
    static const size_t far[] = {offsetof(struct both_far, first), offsetof(struct both_far, last),
                                 offsetof(struct both_far, wide[0].in), offsetof(struct both_far, wide[1].in)};
    compare_words(MOAT_TYPE_OF(struct both), sizeof(struct both), both, sizeof both / sizeof both[0]);
    compare_words(MOAT_TYPE_OF(struct both_far), sizeof(struct both_far), far, sizeof far / sizeof far[0]);
}

static MOAT_ROOT(struct one_made) ones;
static MOAT_ROOT(struct both) both;
static MOAT_ROOT(struct both_tail) pieces;
static MOAT_ROOT(struct both_far) far;

/* Numbers that look like addresses of free memory are borne, and pointers are kept. */
static void unions_keep_what_they_point_into(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    both = MOAT_NEW_OF(struct both);
    pieces = MOAT_NEW_FLEX_OF(struct both_tail, 3);
    far = MOAT_NEW_OF(struct both_far);
    CHECK(both != NULL && pieces != NULL && far != NULL);
    both->first.text = MOAT_NEW_BYTES(4);
    both->many[2].text = MOAT_NEW_BYTES(4);
    pieces->piece[2].many[1].text = MOAT_NEW_BYTES(4);
    far->wide[1].in.text = MOAT_NEW_BYTES(4);
    CHECK(both->first.text != NULL && far->wide[1].in.text != NULL);
    for (uintptr_t number = 0; number < sizeof arena.bytes; number += sizeof(void *)) {
        both->many[0].number = (uintptr_t)arena.bytes + number;
        pieces->piece[0].first.number = (uintptr_t)arena.bytes + sizeof arena.bytes - number;
        if (number % 2048 == 0) {
            CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
            CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
        }
    }
    CHECK(moat_object_find(both->first.text, NULL) && moat_object_find(both->many[2].text, NULL) &&
          moat_object_find(pieces->piece[2].many[1].text, NULL) && moat_object_find(far->wide[1].in.text, NULL));
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
}

/* A number goes over the slot, in one of four ways. */
static __attribute__((noinline)) void write_number(union either *slot, int how) {
    union either three = {.number = 3};
    if (how == 0) {
        slot->number = 3;
    } else if (how == 1) {
        slot->bytes[0] = 3;
    } else if (how == 2) {
        *slot = three;
    } else {
        memcpy(slot->bytes, three.bytes, sizeof three.bytes);
    }
}

static __attribute__((noinline)) void move(union either *to, union either *from, int how) {
    to->text = from->text;
    write_number(from, how);
}

/* Two pointers change places after some steps of marking: one of them may go from an object that is not scanned yet to
 * one that is. */
static __attribute__((noinline)) void move_while_marking(unsigned steps, int how) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    both = MOAT_NEW_OF(struct both);
    far = MOAT_NEW_OF(struct both_far);
    CHECK(both != NULL && far != NULL);
    both->first.text = MOAT_NEW_BYTES(64);
    far->first.text = MOAT_NEW_BYTES(64);
    scrub_stack();
    moat_cycle_start();
    for (unsigned i = 0; i < steps && moat_heap.marking != 0; i++) {
        moat_cycle_step(1);
    }
    move(&both->many[1], &far->first, how);
    move(&far->last, &both->first, how);
    while (moat_heap.marking != 0) {
        moat_cycle_step(1);
    }
    moat_cycle_finish();
    CHECK(moat_object_find(both->many[1].text, NULL) && moat_object_find(far->last.text, NULL));
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
}

static void numbers_over_pointers_are_seen(void) {
    for (unsigned steps = 0; steps < 40; steps++) {
        for (int how = 0; how < 4; how++) {
            move_while_marking(steps, how);
        }
    }
}

static void the_units_own_type_is_taken(void) {
    CHECK_POINTER(MOAT_TYPE_OF(struct one), &one_type);
}

static MOAT_ROOT(struct cells_made) cells;
static MOAT_ROOT(struct tail_made) tail;

static void objects_are_kept_through_them(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    cells = MOAT_NEW_OF(struct cells_made);
    tail = MOAT_NEW_FLEX_OF(struct tail_made, 7);
    ones = MOAT_NEW_ARRAY_OF(struct one_made, 5);
    CHECK(cells != NULL && tail != NULL && ones != NULL);
    cells->cell[39].text = MOAT_NEW_BYTES(4);
    tail->item[6] = MOAT_NEW_BYTES(4);
    ones[4].text = MOAT_NEW_BYTES(4);
    cells->cell[39].text[0] = tail->item[6][0] = ones[4].text[0] = 1;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(moat_object_find(cells->cell[39].text, NULL) && moat_object_find(tail->item[6], NULL) &&
          moat_object_find(ones[4].text, NULL));
    CHECK_EQUAL(cells->cell[39].text[0] + tail->item[6][0] + ones[4].text[0], 3);
    CHECK_EQUAL(moat_heap_check(NULL), MOAT_OK);
}

static MOAT_ROOT(struct tail_made) tail_to;
static MOAT_ROOT(struct byte_tail_made) bytes;

static __attribute__((noinline)) void copy_tail(struct tail_made *to, const struct tail_made *from, size_t items) {
    memcpy(to, from, sizeof *to + items * sizeof to->item[0]);
}

static __attribute__((noinline)) void copy_bytes(struct byte_tail_made *to, const struct byte_tail_made *from,
                                                 size_t count) {
    memcpy(to, from, sizeof *to + count);
}

/* A tail's last slot goes from one object to another, one of which may be scanned already. */
static __attribute__((noinline)) void move_tail(unsigned steps) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    tail_to = MOAT_NEW_FLEX_OF(struct tail_made, 7);
    tail = MOAT_NEW_FLEX_OF(struct tail_made, 7);
    CHECK(tail != NULL && tail_to != NULL);
    tail->item[6] = MOAT_NEW_BYTES(64);
    scrub_stack();
    moat_cycle_start();
    for (unsigned i = 0; i < steps && moat_heap.marking != 0; i++) {
        moat_cycle_step(1);
    }
    copy_tail(tail_to, tail, 7);
    tail->item[6] = NULL;
    moat_cycle_finish();
    CHECK(moat_object_find(tail_to->item[6], NULL));
}

static void flexible_objects_are_copied_whole(void) {
    for (unsigned steps = 0; steps < 40; steps++) {
        move_tail(steps);
    }
}

/* Behind the struct nothing is a slot, whatever the bytes look like. */
static void bytes_of_a_tail_are_no_slots(void) {
    static uintptr_t memory[8];
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    bytes = MOAT_NEW_FLEX_OF(struct byte_tail_made, 4 * sizeof(void *));
    CHECK(bytes != NULL);
    uintptr_t number = (uintptr_t)bytes;
    memcpy(bytes->bytes + 2 * sizeof number, &number, sizeof number);
    copy_bytes((struct byte_tail_made *)memory, bytes, 4 * sizeof(void *));
    CHECK_EQUAL(memory[3], number);
}

static const struct test_case cases[] = {
    TEST_CASE(slots_are_the_same),
    TEST_CASE(unions_are_scanned),
    TEST_CASE(unions_keep_what_they_point_into),
    TEST_CASE(numbers_over_pointers_are_seen),
    TEST_CASE(the_units_own_type_is_taken),
    TEST_CASE(objects_are_kept_through_them),
    TEST_CASE(flexible_objects_are_copied_whole),
    TEST_CASE(bytes_of_a_tail_are_no_slots),
};

int main(void) {
    return TEST_MAIN(cases);
}
