/* Caches: they hold at most so many entries, and give up the oldest when an allocation would fail; in each phase; and
 * a cache that nobody holds is freed.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "support/every_step.h"

#include <moat_cache.h>

#define ENTRIES 40u
#define GONE (ENTRIES / 4) /* more than MOAT_CACHE_LEAST */

struct block {
    MOAT_REF(struct block) next;
    uintptr_t number;
    uintptr_t more[14];
};
MOAT_TYPE(block_type, struct block, next);

MOAT_CACHE(cache_of_blocks, struct block);
MOAT_TEXT_CACHE(text_cache_of_blocks, struct block);

FRESH_ARENA(arena, 4096 * sizeof(void *));
static MOAT_ROOT(union cache_of_blocks) cache;
static MOAT_ROOT(union text_cache_of_blocks) texts;
static MOAT_ROOT(struct block) filler;
static MOAT_ROOT(struct block) held;
static uintptr_t hidden;

static void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    MOAT_STORE(cache, MOAT_CACHE_NEW(union cache_of_blocks, ENTRIES));
    MOAT_STORE(texts, MOAT_TEXT_CACHE_NEW(union text_cache_of_blocks, ENTRIES));
    CHECK(cache != NULL && texts != NULL);
}

static __attribute__((noinline)) void put(uintptr_t number) {
    struct block *block = MOAT_NEW(block_type);
    CHECK(block != NULL);
    block->number = number;
    CHECK_EQUAL(MOAT_CACHE_PUT(cache, number, block), MOAT_OK);
}

static __attribute__((noinline)) void put_all(void) {
    for (unsigned i = 0; i < ENTRIES; i++) {
        put(i);
    }
}

/* Entries [from, ENTRIES) are there, and no others. */
static __attribute__((noinline)) void check_from(unsigned from) {
    CHECK_EQUAL(MOAT_CACHE_COUNT(cache), ENTRIES - from);
    for (unsigned i = 0; i < ENTRIES; i++) {
        const struct block *block = MOAT_CACHE_GET(cache, i);
        CHECK_EQUAL(block != NULL, i >= from);
        CHECK(block == NULL || block->number == i);
    }
}

/* Makes blocks that are kept, until there are `most` or no memory. Returns how many. */
static __attribute__((noinline)) unsigned fill(unsigned most) {
    unsigned made = 0;
    for (struct block *block; made < most && (block = MOAT_NEW(block_type)) != NULL; made++) {
        MOAT_STORE(block->next, filler);
        MOAT_STORE(filler, block);
    }
    return made;
}

/* Link by link: a stale word keeps one of them only. */
static __attribute__((noinline)) void drop_filler(void) {
    while (filler != NULL) {
        struct block *block = filler;
        MOAT_STORE(filler, block->next);
        MOAT_CLEAR(block->next);
    }
}

static void the_oldest_goes_where_there_are_enough(void) {
    start();
    put_all();
    check_from(0);
    CHECK(MOAT_CACHE_GET(cache, 0) != NULL); /* now the youngest */
    put(100);
    CHECK_EQUAL(MOAT_CACHE_COUNT(cache), ENTRIES);
    CHECK(MOAT_CACHE_GET(cache, 0) != NULL && MOAT_CACHE_GET(cache, 1) == NULL && MOAT_CACHE_GET(cache, 100) != NULL);
    put(2); /* put again: younger than 3 */
    put(101);
    CHECK(MOAT_CACHE_GET(cache, 2) != NULL && MOAT_CACHE_GET(cache, 3) == NULL);
    CHECK(moat_cache_new(0) == NULL);
    CHECK_EQUAL(MOAT_CACHE_PUT(cache, 1, NULL), MOAT_ERR_NULL);
    MOAT_CACHE_CLEAR(cache);
    CHECK(MOAT_CACHE_COUNT(cache) == 0 && MOAT_CACHE_GET(cache, 0) == NULL);
    put(5);
}

/* While there is memory none goes; then the oldest quarter, again and again; and no allocation fails that they can
 * serve. */
static void the_oldest_go_when_memory_is_short(void) {
    start();
    put_all();
    unsigned count = ENTRIES, gone = 0, blocks = 0;
    while (fill(1) == 1) {
        blocks++;
        if (MOAT_CACHE_COUNT(cache) != count) {
            unsigned left = (unsigned)MOAT_CACHE_COUNT(cache);
            unsigned quarter = count / 4 < MOAT_CACHE_LEAST ? MOAT_CACHE_LEAST : count / 4;
            CHECK_EQUAL(left, count < quarter ? 0 : count - quarter);
            check_from(ENTRIES - left);
            CHECK(!test_failed());
            count = left;
            gone++;
        }
    }
    CHECK(gone >= 4 && MOAT_CACHE_COUNT(cache) == 0);
    CHECK(blocks >= ENTRIES);
    CHECK_HEAP();
}

static __attribute__((noinline)) void hold_one(void) {
    MOAT_STORE(held, MOAT_CACHE_GET(cache, 3));
    hidden = hide(held);
}

static void what_others_hold_lives_on(void) {
    start();
    put_all();
    hold_one();
    (void)fill(1000);
    CHECK(MOAT_CACHE_COUNT(cache) == 0 && is_alive(hidden) && held->number == 3);
}

/* The largest object, in steps of 256 bytes, for which no cache gives anything up. */
static __attribute__((noinline)) size_t largest(void) {
    moat_out_of_memory_hook *hook = moat_out_of_memory_hook_set(NULL);
    size_t bytes = free_bytes();
    while (MOAT_NEW_BYTES(bytes) == NULL) {
        bytes -= 256;
    }
    (void)moat_out_of_memory_hook_set(hook);
    return bytes;
}

static void a_large_request_takes_all(void) {
    start();
    put_all();
    collect_all();
    size_t bytes = largest() + 256;
    scrub_stack();
    CHECK(MOAT_NEW_BYTES(bytes) != NULL);
    CHECK_EQUAL(MOAT_CACHE_COUNT(cache), 0);
    CHECK(!moat_caches_give_up(1));
}

static void giving_up_is_to_be_had_by_hand(void) {
    start();
    put_all();
    CHECK(moat_caches_give_up(16));
    check_from(GONE);
    CHECK(moat_caches_give_up(MOAT_CACHE_SMALL));
    check_from(GONE + MOAT_CACHE_LEAST);
    CHECK(moat_caches_give_up(MOAT_CACHE_SMALL + 1));
    CHECK_EQUAL(MOAT_CACHE_COUNT(cache), 0);
    CHECK(!moat_caches_give_up(1));
}

static void texts_are_keys_too(void) {
    start();
    struct block *block = MOAT_NEW(block_type);
    CHECK(block != NULL);
    char name[] = "a0";
    for (unsigned i = 0; i < 2 * ENTRIES; i++) {
        name[0] = (char)('a' + i / 10); /* a0 .. h9 */
        name[1] = (char)('0' + i % 10);
        CHECK_EQUAL(MOAT_TEXT_CACHE_PUT(texts, name, block), MOAT_OK);
    }
    CHECK_EQUAL(MOAT_CACHE_COUNT(texts), ENTRIES);
    CHECK(MOAT_TEXT_CACHE_GET(texts, "a0") == NULL && MOAT_TEXT_CACHE_GET(texts, name) == block);
    CHECK(MOAT_TEXT_CACHE_GET(texts, NULL) == NULL);
    CHECK_EQUAL(MOAT_TEXT_CACHE_PUT(texts, NULL, block), MOAT_ERR_NULL);
    CHECK(moat_caches_give_up(1) && MOAT_CACHE_COUNT(texts) == ENTRIES - GONE);
}

/* ---- the hook ---- */

static unsigned asked;
static bool other_gives;
static moat_out_of_memory_hook *replaced;

static bool other(size_t bytes) {
    (void)bytes;
    asked++;
    drop_filler();
    return other_gives;
}

static bool calls_the_other(size_t bytes) {
    asked++;
    return replaced(bytes);
}

static void a_hook_that_was_there_is_asked_last(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    (void)moat_out_of_memory_hook_set(other);
    MOAT_STORE(cache, MOAT_CACHE_NEW(union cache_of_blocks, ENTRIES));
    asked = 0;
    other_gives = true;
    put_all();
    while (MOAT_CACHE_COUNT(cache) != 0) {
        CHECK_EQUAL(asked, 0);
        (void)fill(1);
    }
    for (unsigned most = 1000; asked == 0 && most != 0; most--) {
        (void)fill(1);
    }
    CHECK_EQUAL(asked, 1);
    CHECK_EQUAL(fill(1), 1);
    /* One that is set later, and calls the caches', which asks it no second time. */
    replaced = moat_out_of_memory_hook_set(calls_the_other);
    asked = 0;
    put_all();
    MOAT_STORE(texts, MOAT_TEXT_CACHE_NEW(union text_cache_of_blocks, ENTRIES));
    other_gives = false;
    (void)fill(1000);
    CHECK(asked > 0 && MOAT_CACHE_COUNT(cache) == 0);
}

/* ---- in each phase ---- */

static unsigned made;

static __attribute__((noinline)) void prepare_full(void) {
    start();
    put_all();
    made = 0;
}

static void exhaust(void) {
    made = fill(1000);
}

static __attribute__((noinline)) void judge_empty(void) {
    CHECK(made >= ENTRIES);
    CHECK_EQUAL(MOAT_CACHE_COUNT(cache), 0);
    drop_filler();
    collect_all();
    put_all();
    check_from(0);
}

static void memory_is_short_at_every_step(void) {
    at_every_step(prepare_full, exhaust, judge_empty);
}

static __attribute__((noinline)) void drop_caches(void) {
    hidden = hide(cache);
    MOAT_CLEAR(cache);
    MOAT_CLEAR(texts);
}

static __attribute__((noinline)) void judge_dropped(void) {
    collect_all();
    CHECK(!is_alive(hidden));
    CHECK(!moat_caches_give_up(1));
    MOAT_STORE(cache, MOAT_CACHE_NEW(union cache_of_blocks, ENTRIES));
    put_all();
    CHECK(moat_caches_give_up(1));
    check_from(GONE);
}

static void a_cache_is_dropped_at_every_step(void) {
    at_every_step(prepare_full, drop_caches, judge_dropped);
}

static const struct test_case cases[] = {
    TEST_CASE(the_oldest_goes_where_there_are_enough),
    TEST_CASE(the_oldest_go_when_memory_is_short),
    TEST_CASE(what_others_hold_lives_on),
    TEST_CASE(a_large_request_takes_all),
    TEST_CASE(giving_up_is_to_be_had_by_hand),
    TEST_CASE(texts_are_keys_too),
    TEST_CASE(a_hook_that_was_there_is_asked_last),
    TEST_CASE(memory_is_short_at_every_step),
    TEST_CASE(a_cache_is_dropped_at_every_step),
};

int main(void) {
    return TEST_MAIN(cases);
}
