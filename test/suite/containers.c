/* Containers of lib/: vectors, lists, maps from numbers and from texts. They hold what was put and keep it alive, let
 * go of what was removed, and a call that finds no memory changes nothing.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include <bsp.h>
#include <moat_list.h>
#include <moat_map.h>
#include <moat_string.h>
#include <moat_vector.h>

#define ITEMS 64u

struct item {
    MOAT_REF(struct item) other;
    uintptr_t number;
};
MOAT_TYPE(item_type, struct item, other);

MOAT_VECTOR(vector_of_items, struct item);
MOAT_LIST(list_of_items, struct item);
MOAT_MAP(map_of_items, struct item);
MOAT_TEXT_MAP(text_map_of_items, struct item);

FRESH_ARENA(arena, 32768);
static MOAT_ROOT(union vector_of_items) vector;
static MOAT_ROOT(union list_of_items) list;
static MOAT_ROOT(union map_of_items) map;
static MOAT_ROOT(union text_map_of_items) texts;

static uintptr_t hidden[ITEMS];

static void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(vector, MOAT_VECTOR_NEW(union vector_of_items));
    MOAT_STORE(list, MOAT_LIST_NEW(union list_of_items));
    MOAT_STORE(map, MOAT_MAP_NEW(union map_of_items));
    MOAT_STORE(texts, MOAT_TEXT_MAP_NEW(union text_map_of_items));
    CHECK(vector != NULL && list != NULL && map != NULL && texts != NULL);
}

static struct item *make(uintptr_t number) {
    struct item *item = MOAT_NEW(item_type);
    if (item != NULL) {
        item->number = number;
        hidden[number % ITEMS] = hide(item);
    }
    return item;
}

/* How many of these are alive. A word of a stack may keep one that should not be. */
static unsigned alive(unsigned from, unsigned end) {
    unsigned found = 0;
    for (unsigned i = from; i < end; i++) {
        found += is_alive(hidden[i]);
    }
    return found;
}

/* Takes memory until there is none. */
struct block {
    MOAT_REF(struct block) next;
};
MOAT_TYPE(block_type, struct block, next);
static MOAT_ROOT(struct block) filler;

static __attribute__((noinline)) void fill(void) {
    for (size_t count = 1024; count != 0; count /= 2) {
        for (struct block *block; (block = MOAT_NEW_ARRAY(block_type, count)) != NULL;) {
            MOAT_STORE(block->next, filler);
            MOAT_STORE(filler, block);
        }
    }
}

/* ---- vectors ---- */

static __attribute__((noinline)) void push_all(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, make(i)), MOAT_OK);
    }
}

static __attribute__((noinline)) void check_vector(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK_EQUAL(MOAT_VECTOR_AT(vector, i)->number, i);
    }
}

static void a_vector_grows_and_keeps(void) {
    start();
    push_all();
    collect_all();
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), ITEMS);
    CHECK_EQUAL(alive(0, ITEMS), ITEMS);
    check_vector();
    CHECK(MOAT_VECTOR_AT(vector, ITEMS) == NULL);
    CHECK_EQUAL(MOAT_VECTOR_SET(vector, ITEMS, NULL), MOAT_ERR_SIZE);
    CHECK_HEAP();
}

static __attribute__((noinline)) void shrink_vector(void) {
    for (unsigned i = ITEMS; i-- > ITEMS / 2;) {
        CHECK_EQUAL(MOAT_VECTOR_POP(vector)->number, i);
    }
    for (unsigned i = 0; i < ITEMS / 4; i++) {
        CHECK_EQUAL(MOAT_VECTOR_REMOVE(vector, 0)->number, i);
    }
}

static void a_vector_lets_go(void) {
    start();
    push_all();
    shrink_vector();
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), ITEMS / 4);
    collect_all();
    CHECK_EQUAL(alive(ITEMS / 4, ITEMS / 2), ITEMS / 4);
    CHECK(alive(0, ITEMS / 4) + alive(ITEMS / 2, ITEMS) <= 1);
    for (unsigned i = 0; i < vector->vector.room; i++) { /* nothing is left in what is not used */
        CHECK_EQUAL(vector->vector.slots[i].at != NULL, i < ITEMS / 4);
    }
    MOAT_VECTOR_CLEAR(vector);
    CHECK(MOAT_VECTOR_COUNT(vector) == 0 && MOAT_VECTOR_POP(vector) == NULL && MOAT_VECTOR_REMOVE(vector, 0) == NULL);
    collect_all();
    CHECK(alive(0, ITEMS) <= 1);
}

static void a_vector_inserts_in_order(void) {
    start();
    for (unsigned i = 0; i < 8; i++) { /* 1 3 5 7 6 4 2 0 */
        CHECK_EQUAL(MOAT_VECTOR_INSERT(vector, i / 2, make(i)), MOAT_OK);
    }
    static const unsigned expected[] = {1, 3, 5, 7, 6, 4, 2, 0};
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQUAL(MOAT_VECTOR_AT(vector, i)->number, expected[i]);
    }
    CHECK_EQUAL(MOAT_VECTOR_INSERT(vector, 9, make(9)), MOAT_ERR_SIZE);
    CHECK_EQUAL(MOAT_VECTOR_SET(vector, 3, NULL), MOAT_OK);
    CHECK(MOAT_VECTOR_AT(vector, 3) == NULL);
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), 8);
}

static void a_vector_reserves(void) {
    start();
    CHECK_EQUAL(MOAT_VECTOR_RESERVE(vector, 10), MOAT_OK);
    const void *slots = vector->vector.slots;
    for (unsigned i = 0; i < 10; i++) {
        CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, make(i)), MOAT_OK);
    }
    CHECK_POINTER(vector->vector.slots, slots);
    CHECK_EQUAL(MOAT_VECTOR_RESERVE(vector, SIZE_MAX / 4), MOAT_ERR_SIZE);
    CHECK_EQUAL(MOAT_VECTOR_RESERVE(vector, sizeof arena.bytes), MOAT_ERR_MEMORY);
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), 10);
}

/* ---- lists ---- */

static __attribute__((noinline)) void fill_list(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK(MOAT_LIST_PUSH(list, make(i)) != NULL);
    }
}

static void check_list(unsigned step) {
    unsigned at = 0;
    const struct moat_link *before = NULL;
    MOAT_LIST_EACH(list, link) {
        CHECK_EQUAL(MOAT_LIST_VALUE(list, link)->number, at);
        CHECK_POINTER(link->before, before);
        before = link;
        at += step;
    }
    CHECK_POINTER(list->list.last, before);
    CHECK_EQUAL(MOAT_LIST_COUNT(list), ITEMS / step);
}

static __attribute__((noinline)) void remove_odd(void) {
    MOAT_LIST_EACH(list, link) {
        if (MOAT_LIST_VALUE(list, link)->number % 2 != 0) {
            CHECK_EQUAL(MOAT_LIST_REMOVE(list, link), MOAT_OK);
            CHECK(link->before == NULL && link->after == NULL && link->value == NULL);
            CHECK_EQUAL(MOAT_LIST_REMOVE(list, link), MOAT_ERR_ABSENT);
            CHECK(MOAT_LIST_INSERT(list, link, make(0)) == NULL);
        }
    }
}

static void a_list_survives_removals(void) {
    start();
    fill_list();
    check_list(1);
    remove_odd();
    check_list(2);
    fill_list();
    CHECK_EQUAL(MOAT_LIST_COUNT(list), ITEMS / 2 + ITEMS);
    while (list->list.first != NULL) {
        CHECK_EQUAL(MOAT_LIST_REMOVE(list, list->list.first), MOAT_OK);
    }
    CHECK(list->list.last == NULL && MOAT_LIST_COUNT(list) == 0);
    collect_all();
    CHECK(alive(0, ITEMS) <= 1);
}

static void a_list_inserts_before(void) {
    start();
    struct moat_link *last = MOAT_LIST_PUSH(list, make(2 * 1));
    CHECK(MOAT_LIST_INSERT(list, last, make(0)) != NULL);
    CHECK(MOAT_LIST_PUSH(list, NULL) == NULL);
    CHECK_EQUAL(MOAT_LIST_VALUE(list, list->list.first)->number, 0);
    CHECK_POINTER(list->list.first->after, last);
    CHECK_POINTER(last->before, list->list.first);
    CHECK_EQUAL(MOAT_LIST_COUNT(list), 2);
}

/* ---- maps ---- */

/* Far apart, so that many bits of a key matter. */
static uintptr_t key_of(unsigned i) {
    return (uintptr_t)i * 0x10003u + 5;
}

static const char *text_of(unsigned i) {
    static char text[8];
    text[0] = 'k';
    text[1] = (char)('a' + i % 7);
    text[2] = (char)('a' + i / 7 % 7);
    text[3] = (char)('a' + i / 49);
    return text;
}

static bool put(unsigned i, struct item *item) {
    return MOAT_MAP_PUT(map, key_of(i), item) == MOAT_OK && MOAT_TEXT_MAP_PUT(texts, text_of(i), item) == MOAT_OK;
}

/* Each map has exactly those of `present`, in the order of `since`. */
static bool maps_are(const bool *present, const unsigned *since) {
    unsigned count = 0, order = 0;
    for (unsigned i = 0; i < ITEMS; i++) {
        const struct item *by_number = MOAT_MAP_GET(map, key_of(i)), *by_text = MOAT_TEXT_MAP_GET(texts, text_of(i));
        bool right = by_number == by_text && (by_number != NULL) == present[i];
        if (!right || (present[i] && by_number->number != i)) {
            return false;
        }
        count += present[i];
    }
    MOAT_MAP_EACH(map, entry) {
        unsigned i = (unsigned)MOAT_MAP_VALUE(map, entry)->number;
        if (moat_map_key(entry) != key_of(i) || since[i] < order) {
            return false;
        }
        order = since[i];
        count--;
    }
    return count == 0 && MOAT_MAP_COUNT(map) == MOAT_MAP_COUNT(texts);
}

static void maps_do_as_a_table_does(void) {
    static bool present[ITEMS];
    static unsigned since[ITEMS];
    start();
    for (unsigned i = 0; i < ITEMS; i++) {
        present[i] = false;
    }
    for (unsigned round = 1; round < 600; round++) {
        unsigned i = test_random_below(ITEMS);
        if (test_random_below(3) != 0) {
            CHECK(put(i, make(i)));
            since[i] = present[i] ? since[i] : round;
            present[i] = true;
        } else {
            bool was = MOAT_MAP_REMOVE(map, key_of(i)) != NULL;
            CHECK_EQUAL(was, present[i]);
            CHECK_EQUAL(MOAT_TEXT_MAP_REMOVE(texts, text_of(i)) != NULL, was);
            present[i] = false;
        }
        CHECK(maps_are(present, since));
    }
    CHECK_HEAP();
    MOAT_MAP_CLEAR(map);
    MOAT_MAP_CLEAR(texts);
    CHECK(MOAT_MAP_COUNT(map) == 0 && MOAT_MAP_GET(map, key_of(0)) == NULL && MOAT_TEXT_MAP_GET(texts, "kaaa") == NULL);
    collect_all();
    CHECK(alive(0, ITEMS) <= 1);
    CHECK(put(1, make(1)));
}

static __attribute__((noinline)) void put_all(void) {
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK(put(i, make(i)));
    }
}

static __attribute__((noinline)) void remove_while_iterating(void) {
    MOAT_MAP_EACH(map, entry) {
        if (MOAT_MAP_VALUE(map, entry)->number % 2 != 0) {
            CHECK(MOAT_MAP_REMOVE(map, moat_map_key(entry)) != NULL);
            CHECK(entry->link.value == NULL && entry->link.after == NULL && entry->chain == NULL);
        }
    }
    MOAT_MAP_EACH(texts, entry) {
        if (MOAT_MAP_VALUE(texts, entry)->number % 2 != 0) {
            CHECK(MOAT_TEXT_MAP_REMOVE(texts, moat_text_map_key(entry)) != NULL);
        }
    }
}

static void entries_are_removed_while_iterating(void) {
    start();
    put_all();
    remove_while_iterating();
    collect_all();
    CHECK_EQUAL(MOAT_MAP_COUNT(map), ITEMS / 2);
    CHECK_EQUAL(MOAT_MAP_COUNT(texts), ITEMS / 2);
    unsigned found = 0;
    for (unsigned i = 0; i < ITEMS; i++) {
        CHECK_EQUAL(MOAT_MAP_GET(map, key_of(i)) != NULL, i % 2 == 0);
        found += i % 2 != 0 && is_alive(hidden[i]);
    }
    CHECK(found <= 1);
}

/* A table that grows is moved by two places at each put: it is old no more before the next. */
static void a_map_grows_in_steps(void) {
    start();
    unsigned grown = 0, moving = 0;
    uint32_t longest = 0;
    for (unsigned i = 0; i < ITEMS; i++) {
        uint32_t bits = map->map.bits, moved = map->map.moved;
        bool moves = map->map.old != NULL;
        struct item *item = make(i);
        uint32_t began = bsp_instructions();
        CHECK_EQUAL(MOAT_MAP_PUT(map, key_of(i), item), MOAT_OK);
        uint32_t took = bsp_instructions() - began;
        longest = took > longest ? took : longest;
        CHECK(map->map.bits == bits || !moves);
        CHECK(map->map.bits != bits || map->map.moved <= moved + 2);
        grown += map->map.bits != bits;
        moving += map->map.old != NULL;
        for (unsigned k = 0; k <= i; k++) {
            CHECK_EQUAL(MOAT_MAP_GET(map, key_of(k))->number, k);
        }
    }
    CHECK_EQUAL(grown, 4); /* 8, 16, 32, 64 places */
    CHECK(moving > 0);
    test_note("instructions of the longest put", longest);
}

static void texts_are_the_maps_own(void) {
    start();
    char text[] = "one";
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, text, make(1)), MOAT_OK);
    text[0] = 'x';
    CHECK(MOAT_TEXT_MAP_GET(texts, "one") != NULL && MOAT_TEXT_MAP_GET(texts, text) == NULL);
    CHECK(MOAT_TEXT_MAP_GET(texts, "on") == NULL && MOAT_TEXT_MAP_GET(texts, "ones") == NULL);
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, NULL, make(1)), MOAT_ERR_NULL);
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, "two", NULL), MOAT_ERR_NULL);
    CHECK(MOAT_TEXT_MAP_GET(texts, NULL) == NULL && MOAT_TEXT_MAP_REMOVE(texts, NULL) == NULL);
}

/* Two texts of one hash are two keys. */
static void hashes_may_meet(void) {
    start();
    const char *a = "costarring", *b = "liquid"; /* by FNV-1a of 32 bits */
    CHECK_EQUAL(moat_text_hash_(a), moat_text_hash_(b));
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, a, make(1)), MOAT_OK);
    CHECK(MOAT_TEXT_MAP_GET(texts, b) == NULL);
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, b, make(2)), MOAT_OK);
    CHECK_EQUAL(MOAT_TEXT_MAP_GET(texts, a)->number, 1);
    CHECK_EQUAL(MOAT_TEXT_MAP_REMOVE(texts, b)->number, 2);
    CHECK_EQUAL(MOAT_TEXT_MAP_GET(texts, a)->number, 1);
}

/* ---- without memory ---- */

static void without_memory_nothing_changes(void) {
    start();
    struct item *item = make(0);
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, item), MOAT_OK);
        CHECK(MOAT_LIST_PUSH(list, item) != NULL);
        CHECK(put(i, item));
    }
    fill();
    CHECK(MOAT_VECTOR_NEW(union vector_of_items) == NULL);
    size_t pushed = 8;
    while (pushed < ITEMS && MOAT_VECTOR_PUSH(vector, item) == MOAT_OK) {
        pushed++; /* there may be room */
    }
    CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, item), MOAT_ERR_MEMORY);
    CHECK_EQUAL(MOAT_VECTOR_INSERT(vector, 0, item), MOAT_ERR_MEMORY);
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), pushed);
    CHECK(MOAT_LIST_PUSH(list, item) == NULL);
    CHECK_EQUAL(MOAT_LIST_COUNT(list), 8);
    CHECK_EQUAL(MOAT_MAP_PUT(map, key_of(8), item), MOAT_ERR_MEMORY);
    CHECK_EQUAL(MOAT_TEXT_MAP_PUT(texts, text_of(8), item), MOAT_ERR_MEMORY);
    CHECK(MOAT_MAP_COUNT(map) == 8 && MOAT_MAP_COUNT(texts) == 8 && MOAT_MAP_GET(map, key_of(8)) == NULL);
    CHECK_EQUAL(MOAT_MAP_PUT(map, key_of(3), item), MOAT_OK); /* a key that is there needs no memory */
    for (unsigned i = 0; i < 8; i++) {
        CHECK_POINTER(MOAT_VECTOR_AT(vector, i), item);
        CHECK_POINTER(MOAT_MAP_GET(map, key_of(i)), item);
        CHECK_POINTER(MOAT_TEXT_MAP_GET(texts, text_of(i)), item);
    }
    CHECK_HEAP();
    MOAT_CLEAR(filler);
    collect_all();
    CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, item), MOAT_OK);
    CHECK(put(8, item));
}

/* ---- what an allocation calls changes the container that it is for ---- */

static void (*meanwhile)(void);

/* Block by block: a word of a stack may keep one. */
static void empty(void) {
    while (filler != NULL) {
        struct block *next = filler->next;
        MOAT_CLEAR(filler->next);
        MOAT_STORE(filler, next);
    }
    collect_all();
}

/* As a finalizer may at any allocation. */
static bool change_meanwhile(size_t bytes) {
    void (*change)(void) = meanwhile;
    (void)bytes;
    meanwhile = NULL;
    empty();
    if (change != NULL) {
        change();
    }
    return change != NULL;
}

/* A vector of so many that is full, as the heap is. The next one to be pushed calls `change` first. */
static __attribute__((noinline)) void start_full(unsigned count, void (*change)(void)) {
    start();
    CHECK_EQUAL(MOAT_VECTOR_RESERVE(vector, count), MOAT_OK);
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, make(i)), MOAT_OK);
    }
    CHECK(make(ITEMS - 1) != NULL);
    fill();
    meanwhile = change;
    (void)moat_out_of_memory_hook_set(change_meanwhile);
}

static void push_until_full(void) {
    while (MOAT_VECTOR_COUNT(vector) < 4 || MOAT_VECTOR_COUNT(vector) < vector->vector.room) {
        CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, make(MOAT_VECTOR_COUNT(vector))), MOAT_OK);
    }
}

static void push_many(void) {
    push_all();
    push_until_full();
}

static void clear_vector(void) {
    MOAT_VECTOR_CLEAR(vector);
}

/* Whether a vector is within its bounds, and has what is known to be in it. */
static void check_within(size_t count) {
    (void)moat_out_of_memory_hook_set(NULL);
    CHECK(meanwhile == NULL);
    CHECK_EQUAL(MOAT_VECTOR_COUNT(vector), count);
    CHECK(vector->vector.room >= count);
    struct moat_object slots;
    CHECK(moat_object_find(vector->vector.slots, &slots));
    CHECK(slots.bytes >= vector->vector.room * sizeof(struct moat_vector_slot));
    for (size_t i = 0; i < count; i++) {
        CHECK(MOAT_VECTOR_AT(vector, i) != NULL);
    }
    CHECK_HEAP();
}

static void a_vector_is_pushed_to_meanwhile(void) {
    start_full(8, push_many);
    struct item *item = MOAT_VECTOR_AT(vector, 0);
    CHECK_EQUAL(MOAT_VECTOR_PUSH(vector, item), MOAT_OK);
    size_t count = MOAT_VECTOR_COUNT(vector);
    CHECK(count > ITEMS + 8);
    check_within(count);
    CHECK_POINTER(MOAT_VECTOR_AT(vector, count - 1), item);
}

static void a_vector_is_cleared_meanwhile(void) {
    start_full(8, clear_vector);
    struct item *item = MOAT_VECTOR_AT(vector, 0);
    CHECK_EQUAL(MOAT_VECTOR_INSERT(vector, 5, item), MOAT_ERR_SIZE);
    check_within(0);
    start_full(8, clear_vector);
    CHECK_EQUAL(MOAT_VECTOR_INSERT(vector, 0, MOAT_VECTOR_AT(vector, 0)), MOAT_OK);
    check_within(1);
}

static const struct test_case cases[] = {
    TEST_CASE(a_vector_grows_and_keeps),
    TEST_CASE(a_vector_lets_go),
    TEST_CASE(a_vector_inserts_in_order),
    TEST_CASE(a_vector_reserves),
    TEST_CASE(a_list_survives_removals),
    TEST_CASE(a_list_inserts_before),
    TEST_CASE(maps_do_as_a_table_does),
    TEST_CASE(entries_are_removed_while_iterating),
    TEST_CASE(a_map_grows_in_steps),
    TEST_CASE(texts_are_the_maps_own),
    TEST_CASE(hashes_may_meet),
    TEST_CASE(without_memory_nothing_changes),
    TEST_CASE(a_vector_is_pushed_to_meanwhile),
    TEST_CASE(a_vector_is_cleared_meanwhile),
};

int main(void) {
    return TEST_MAIN(cases);
}
