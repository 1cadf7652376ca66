/* Helpers for texts: copies, copies of a part, formatted ones; with no memory, and with nothing given.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include <moat_length.h>
#include <moat_string.h>
#include <string.h>

FRESH_ARENA(arena, TEST_ROOM(16384, 4096));
static MOAT_ROOT(char) root;

static void a_copy_is_the_text(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    char text[] = "harbour";
    char *copy = moat_strdup(text), *empty = moat_strdup("");
    text[0] = 'H';
    CHECK(copy != NULL && empty != NULL);
    CHECK_TEXT(copy, "harbour");
    CHECK_TEXT(empty, "");
    struct moat_object object;
    CHECK(moat_object_find(copy, &object));
    CHECK_POINTER(object.start, copy);
    CHECK_POINTER(object.type, &moat_type_bytes);
    CHECK(object.bytes >= sizeof text && object.bytes < sizeof text + MOAT_GRANULE);
}

static void a_part_reads_no_further(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    static const char open_ended[4] = {'m', 'o', 'a', 't'};
    CHECK_TEXT(moat_strndup(open_ended, sizeof open_ended), "moat");
    CHECK_TEXT(moat_strndup("moat", 2), "mo");
    CHECK_TEXT(moat_strndup("moat", 0), "");
    CHECK_TEXT(moat_strndup("moat", 100), "moat");
}

static void formats_are_vsnprintfs(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK_TEXT(moat_sprintf("%s-%05d|%x", "a", 42, 0xbeefu), "a-00042|beef");
    CHECK_TEXT(moat_sprintf("%s", ""), "");
    char *longer = moat_sprintf("%*d", 300, 7);
    CHECK(longer != NULL);
    CHECK_EQUAL(strlen(longer), 300);
    CHECK(longer[299] == '7' && longer[298] == ' ');
}

static void copies_are_kept_and_let_go(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(root, moat_strdup("kept"));
    static uintptr_t hidden;
    hidden = hide(root);
    collect_all();
    CHECK(is_alive(hidden));
    CHECK_TEXT(root, "kept");
    MOAT_CLEAR(root);
    collect_all();
    CHECK(!is_alive(hidden));
}

struct point {
    uintptr_t x, y, z;
};
MOAT_TYPE(point_type, struct point);
MOAT_TYPE(small_type, unsigned short);
struct path {
    MOAT_REF(struct point) first;
    uintptr_t rest[];
};
MOAT_TYPE_FLEX(path_type, struct path, MOAT_RUN_SLOTS(struct path, first), MOAT_TAIL_BYTES(struct path, rest));

/* Exact for elements of a granule and more; for smaller ones at least what was asked for. */
static void lengths_are_what_there_is_room_for(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    for (size_t count = 1; count < 40; count++) {
        struct point *points = MOAT_NEW_ARRAY(point_type, count);
        unsigned short *numbers = MOAT_NEW_ARRAY(small_type, count);
        struct path *path = MOAT_NEW_FLEX(path_type, count);
        CHECK(points != NULL && numbers != NULL && path != NULL);
        CHECK_EQUAL(MOAT_LENGTH(point_type, points), count);
        size_t length = MOAT_LENGTH(small_type, numbers), tail = MOAT_LENGTH(path_type, path);
        CHECK(length >= count && length <= count + (MOAT_GRANULE - 1) / sizeof *numbers);
        CHECK(tail >= count && tail <= count + 1);
        CHECK_EQUAL(moat_length(MOAT_NEW_BYTES(count)) - count < MOAT_GRANULE, 1);
        CHECK_EQUAL(moat_length(&points->y), 0);
    }
    CHECK_EQUAL(moat_length(MOAT_NEW(point_type)), 1);
    CHECK(moat_length(NULL) == 0 && moat_length(&root) == 0);
}

static void nothing_gives_nothing(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    CHECK(moat_strdup(NULL) == NULL && moat_strndup(NULL, 3) == NULL);
    const char *volatile none = NULL; /* the compiler knows formats */
    CHECK(moat_sprintf(none) == NULL);
    CHECK(moat_sprintf("%*d", (int)sizeof arena.bytes, 1) == NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
}

static const struct test_case cases[] = {
    TEST_CASE(a_copy_is_the_text),
    TEST_CASE(a_part_reads_no_further),
    TEST_CASE(formats_are_vsnprintfs),
    TEST_CASE(copies_are_kept_and_let_go),
    TEST_CASE(lengths_are_what_there_is_room_for),
    TEST_CASE(nothing_gives_nothing),
};

int main(void) {
    return TEST_MAIN(cases);
}
