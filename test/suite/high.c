/* High-water marks: they rise with what there is, and stay until they are forgotten.
 *
 * SPDX-License-Identifier: MIT */
#include "console.h"
#include "fresh_heap.h"
#include "harness.h"

#include <moat.h>
#include <string.h>

#define ARENA_BYTES TEST_ROOM(8192, 4096)
#ifdef __linux__
#define WORDS 100000 /* the thread's stack has the process's environment, too */
#else
#define WORDS 1000
#endif

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(void) objects[8];
static struct moat_high high;

static bool start(void) {
    bool made = fresh_heap(arena.bytes, sizeof arena.bytes);
    moat_high_restart();
    return made;
}

static void count(uint32_t steps) {
    while (moat_high_step(steps)) {
    }
    CHECK_EQUAL(moat_high_get(&high), MOAT_OK);
}

static __attribute__((noinline)) bool fill(unsigned number) {
    bool made = true;
    for (unsigned i = 0; i < number; i++) {
        MOAT_STORE(objects[i], MOAT_NEW_BYTES(100));
        made = made && objects[i] != NULL;
    }
    return made;
}

static void drop(void) {
    for (unsigned i = 0; i < 8; i++) {
        MOAT_CLEAR(objects[i]);
    }
    collect_once();
}

static void marks_stay_high(void) {
    CHECK(start() && fill(8));
    collect_once();
    count(3);
    CHECK_EQUAL(high.objects, 8);
    CHECK_EQUAL(high.bytes, moat_heap.stats.arena_bytes - free_bytes());
    size_t most = high.bytes;
    drop();
    count(3);
    CHECK(high.objects == 8 && high.bytes == most);
    moat_high_restart();
    count(UINT32_MAX);
    CHECK(high.objects == 0 && high.bytes == 0);
    CHECK(fill(3));
    CHECK(!moat_high_step(UINT32_MAX)); /* no cycle has ended */
    collect_once();
    count(UINT32_MAX);
    CHECK_EQUAL(high.objects, 3);
}

static void a_count_is_done_in_slices(void) {
    uint32_t calls = 0;
    CHECK(start() && fill(8));
    while (moat_high_step(1)) {
        calls++;
        CHECK_EQUAL(moat_high_get(&high), MOAT_OK);
        CHECK_EQUAL(high.objects, 0);
    }
    CHECK(calls > 8);
    CHECK_EQUAL(moat_high_get(&high), MOAT_OK);
    CHECK_EQUAL(high.objects, 8);
}

static void *words[WORDS];

/* The longest stack that a cycle has scanned. */
static void stacks_have_a_mark(void) {
    static struct moat_stack stack;
    CHECK(start());
    collect_once();
    count(UINT32_MAX);
    CHECK(high.stack_bytes >= 64 && high.stack_bytes < sizeof words / 2);
    stack = (struct moat_stack){.low = (uintptr_t)words, .high = (uintptr_t)(words + WORDS)};
    stack.sp = (uintptr_t)(words + 100);
    CHECK_EQUAL(moat_stack_add(&stack), MOAT_OK);
    collect_once();
    count(UINT32_MAX);
    CHECK_EQUAL(high.stack_bytes, (WORDS - 100) * sizeof words[0]);
    stack.sp = (uintptr_t)(words + WORDS - 100);
    collect_once();
    count(UINT32_MAX);
    CHECK_EQUAL(high.stack_bytes, (WORDS - 100) * sizeof words[0]);
    moat_high_restart();
    collect_once();
    count(UINT32_MAX);
    CHECK(high.stack_bytes < sizeof words / 2);
    CHECK_EQUAL(moat_stack_remove(&stack), MOAT_OK);
}

static void is_printed(void) {
    CHECK(start() && fill(2));
    count(UINT32_MAX);
    console_begin();
    moat_high_print();
    CHECK(console_has("high: ") && console_has(" bytes, 2 objects, a stack of 0 bytes\n"));
}

static void is_refused(void) {
    CHECK(start());
    CHECK_EQUAL(moat_high_get(NULL), MOAT_ERR_NULL);
}

static const struct test_case cases[] = {
    TEST_CASE(marks_stay_high),    TEST_CASE(a_count_is_done_in_slices),
    TEST_CASE(stacks_have_a_mark), TEST_CASE(is_printed),
    TEST_CASE(is_refused),
};

int main(void) {
    return TEST_MAIN(cases);
}
