/* The types that the plugin makes name the same slots as those that MOAT_TYPE makes of the same members.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "mark/mark.h"

#include <moat.h>

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

static void the_units_own_type_is_taken(void) {
    CHECK_POINTER(MOAT_TYPE_OF(struct one), &one_type);
}

static MOAT_ROOT(struct cells_made) cells;
static MOAT_ROOT(struct tail_made) tail;
static MOAT_ROOT(struct one_made) ones;

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

static const struct test_case cases[] = {
    TEST_CASE(slots_are_the_same),
    TEST_CASE(the_units_own_type_is_taken),
    TEST_CASE(objects_are_kept_through_them),
};

int main(void) {
    return TEST_MAIN(cases);
}
