/* Quotas: what lives of a module's types is never more than its budget, and what has died is the module's again.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"
#include "support/counted.h"

#include "space/granule.h"

#include <moat.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)
#define BUDGET 10u
#define SLOTS 16u

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(struct node) nodes[SLOTS];
static MOAT_ROOT(void) other;

static const struct moat_type *const types[] = {&leaf_type, &node_type};
static struct moat_quota quota;

static size_t node_bytes(void) {
    return node_type.extent;
}

static bool start(moat_quota_hook *hook) {
    quota = (struct moat_quota){
        .name = "list", .budget = BUDGET * node_bytes(), .types = types, .type_count = 2, .hook = hook};
    return fresh_heap(arena.bytes, sizeof arena.bytes);
}

static __attribute__((noinline)) bool make(unsigned i) {
    scrub_stack();
    MOAT_STORE(nodes[i], MOAT_QUOTA_NEW(&quota, node_type));
    return nodes[i] != NULL;
}

static void drop(unsigned from) {
    for (unsigned i = from; i < SLOTS; i++) {
        MOAT_CLEAR(nodes[i]);
    }
    scrub_stack();
}

static unsigned living(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        count += nodes[i] != NULL;
    }
    return count;
}

static void fill(void) {
    for (unsigned i = 0; i < BUDGET; i++) {
        CHECK(make(i));
    }
}

static void the_budget_does_and_no_more(void) {
    CHECK(start(NULL));
    fill();
    CHECK_EQUAL(moat_heap.stats.cycles, 0);
    CHECK(!make(BUDGET));
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
    CHECK_EQUAL(quota.refused, 1);
    CHECK_EQUAL(quota.counted, quota.budget);
    CHECK_EQUAL(quota.since, 0);
    CHECK(MOAT_NEW(node_type) != NULL); /* whoever does not ask */
}

static void the_dead_are_given_back(void) {
    CHECK(start(NULL));
    fill();
    drop(3);
    for (unsigned i = 3; i < BUDGET; i++) {
        CHECK(make(i));
    }
    CHECK(moat_heap.stats.cycles != 0);
    CHECK(!make(BUDGET));
    CHECK_EQUAL(living(), BUDGET);
}

/* Behind a cycle that ran anyway: no request has a collection of its own. */
static void a_count_gives_back_too(void) {
    CHECK(start(NULL));
    fill();
    drop(2);
    collect_once();
    while (moat_quota_step(&quota, 3)) {
    }
    uint32_t cycles = moat_heap.stats.cycles;
    CHECK_EQUAL(quota.counted + quota.since, 2 * node_bytes());
    for (unsigned i = 2; i < BUDGET; i++) {
        CHECK(make(i));
    }
    CHECK_EQUAL(moat_heap.stats.cycles, cycles);
}

/* An object that is made where the count has passed is in none of it. */
static void a_request_during_a_count_is_not_lost(void) {
    CHECK(start(NULL));
    fill();
    for (unsigned i = 0; i < 5; i++) {
        MOAT_CLEAR(nodes[i]);
    }
    collect_once();
    while (moat_quota_step(&quota, UINT32_MAX)) {
    }
    collect_once(); /* another count is due */
    uint32_t cycles = moat_heap.stats.cycles;
    const struct moat_walk *walk = &quota.census.walk;
    do {
        CHECK(moat_quota_step(&quota, 1));
    } while (moat_granule_address(walk->arena, walk->granule) < (uintptr_t)nodes[BUDGET - 1]);
    CHECK(make(0));
    CHECK((uintptr_t)nodes[0] < (uintptr_t)nodes[BUDGET - 1] && moat_heap.stats.cycles == cycles);
    while (moat_quota_step(&quota, 1)) {
    }
    CHECK_EQUAL(quota.counted, (BUDGET - 5) * node_bytes());
    CHECK_EQUAL(quota.since, node_bytes());
}

static void other_types_are_others(void) {
    CHECK(start(NULL));
    MOAT_STORE(other, MOAT_NEW_BYTES(500));
    collect_once();
    while (moat_quota_step(&quota, UINT32_MAX)) {
    }
    CHECK_EQUAL(quota.counted, 0);
    MOAT_STORE(other, MOAT_NEW_ARRAY(leaf_type, 4));
    collect_once();
    while (moat_quota_step(&quota, UINT32_MAX)) {
    }
    struct moat_object object;
    CHECK(moat_object_find(other, &object));
    CHECK_EQUAL(quota.counted, object.bytes + MOAT_WORD_BYTES);
}

static void arrays_ask_for_their_bytes(void) {
    CHECK(start(NULL));
    CHECK(moat_quota_ask(&quota, quota.budget - MOAT_WORD_BYTES));
    CHECK_EQUAL(quota.since, quota.budget);
    CHECK(moat_quota_ask(&quota, 1)); /* nothing was made of it */
    CHECK_EQUAL(quota.since, MOAT_GRANULE);
    CHECK(!moat_quota_ask(&quota, quota.budget - MOAT_WORD_BYTES + 1));
    for (size_t less = 0; less < 3 * MOAT_GRANULE; less++) {
        CHECK(!moat_quota_ask(&quota, SIZE_MAX - less));
        CHECK(!moat_quota_ask(&quota, SIZE_MAX / 2 - less));
    }
    CHECK_POINTER(moat_quota_new(&quota, NULL), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_NULL);
}

/* ---- the hook ---- */

static unsigned asked;
static size_t asked_bytes;

static bool let_go(struct moat_quota *of, size_t bytes) {
    asked += of == &quota;
    asked_bytes = bytes;
    drop(BUDGET - 2);
    return true;
}

static bool keep(struct moat_quota *of, size_t bytes) {
    asked += of == &quota && bytes != 0;
    return false;
}

static bool let_go_of_nothing(struct moat_quota *of, size_t bytes) {
    asked += of == &quota && bytes != 0;
    return true;
}

static void the_hook_may_let_go(void) {
    asked = 0;
    CHECK(start(let_go));
    fill();
    CHECK_EQUAL(asked, 0);
    CHECK(make(BUDGET));
    CHECK_EQUAL(asked, 1);
    CHECK_EQUAL(asked_bytes, sizeof(struct node));
    CHECK_EQUAL(quota.refused, 0);
    CHECK(make(BUDGET + 1));
    CHECK_EQUAL(asked, 1);
}

static void a_hook_that_does_not_is_asked_once(void) {
    asked = 0;
    CHECK(start(keep));
    fill();
    CHECK(!make(BUDGET));
    CHECK_EQUAL(asked, 1);
    quota.hook = let_go_of_nothing;
    CHECK(!make(BUDGET));
    CHECK_EQUAL(asked, 2);
    drop(1); /* and where a collection does, it is not asked */
    CHECK(make(BUDGET));
    CHECK_EQUAL(asked, 2);
}

/* ---- at random: counts in slices, collections, and requests in between ---- */

static void never_more_than_the_budget_lives(void) {
    unsigned made = 0, refused = 0;
    CHECK(start(NULL));
    for (unsigned round = 0; round < 3000; round++) {
        unsigned i = test_random_below(SLOTS);
        switch (test_random_below(4)) {
        case 0:
            MOAT_CLEAR(nodes[i]);
            break;
        case 1:
            (void)moat_gc_step(1 + test_random_below(60));
            break;
        case 2:
            (void)moat_quota_step(&quota, 1 + test_random_below(8));
            break;
        default:
            if (nodes[i] == NULL && make(i)) {
                made++;
            } else {
                refused += nodes[i] == NULL;
            }
            break;
        }
        CHECK(living() * node_bytes() <= quota.counted + quota.since);
        CHECK(quota.counted + quota.since <= quota.budget);
    }
    test_note("made", made);
    test_note("refused", refused);
    CHECK(made > 100 && refused > 10);
    CHECK_HEAP();
}

static void is_printed(void) {
    CHECK(start(NULL));
    quota = (struct moat_quota){.name = "radio", .budget = 4096, .counted = 100, .since = 20, .refused = 3};
    console_begin();
    moat_quota_print(&quota);
    CHECK_TEXT(console_text(), "quota: radio has at most 120 of 4096 bytes, 3 refused\n");
}

static const struct test_case cases[] = {
    TEST_CASE(the_budget_does_and_no_more),
    TEST_CASE(the_dead_are_given_back),
    TEST_CASE(a_count_gives_back_too),
    TEST_CASE(a_request_during_a_count_is_not_lost),
    TEST_CASE(other_types_are_others),
    TEST_CASE(arrays_ask_for_their_bytes),
    TEST_CASE(the_hook_may_let_go),
    TEST_CASE(a_hook_that_does_not_is_asked_once),
    TEST_CASE(never_more_than_the_budget_lives),
    TEST_CASE(is_printed),
};

int main(void) {
    return TEST_MAIN(cases);
}
