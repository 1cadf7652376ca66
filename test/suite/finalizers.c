/* Finalizers: called once, after their object died, with all it refers to intact, outside the collector and never in a
 * handler; free to allocate, to store, and to bring the object back.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "base/port.h"
#include "support/every_step.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#define OBJECTS 12
#define MARK 0x600d

struct datum {
    uintptr_t number;
};

struct resource {
    MOAT_REF(struct resource) other;
    MOAT_REF(struct datum) data;
    uintptr_t number;
};

static void finalize(void *object);
MOAT_TYPE_FINALIZED(resource_type, struct resource, finalize, other, data);
MOAT_TYPE(plain_type, struct resource, other, data);

/* No slots and an odd size: the link stands behind it, on a word of its own. */
struct odd {
    unsigned char bytes[2 * sizeof(uintptr_t) + 3];
};
static void finalize_odd(void *object);
MOAT_TYPE_FINALIZED(odd_type, struct odd, finalize_odd);

FRESH_ARENA(arena, TEST_ROOM(16384, 4096));
static MOAT_ROOT(struct resource) root;
static MOAT_ROOT(struct resource) saved;

static unsigned calls[OBJECTS];
static unsigned total, wrong, odd_calls;
static uintptr_t kept[OBJECTS];
static bool resurrect, allocate, collect, running;

static void finalize(void *object) {
    struct resource *resource = object;
    bool intact =
        resource->number < OBJECTS && resource->data != NULL && resource->data->number == MARK + resource->number;
    bool outside =
        !running && moat_heap.finalizers.running && !moat_port_in_handler() && moat_heap_check(NULL) == MOAT_OK;
    if (!intact || !outside) {
        wrong++;
        return;
    }
    running = true;
    calls[resource->number]++;
    total++;
    if (resurrect) {
        MOAT_STORE(saved, resource);
    }
    if (allocate) {
        struct resource *other = MOAT_NEW(plain_type);
        wrong += other == NULL || other->number != 0;
        MOAT_STORE(resource->other, other);
    }
    if (collect) {
        wrong += moat_gc_collect() != MOAT_OK;
    }
    running = false;
}

static void finalize_odd(void *object) {
    const struct odd *odd = object;
    for (size_t i = 0; i < sizeof odd->bytes; i++) {
        wrong += odd->bytes[i] != 0xa5;
    }
    odd_calls++;
}

static bool start(void) {
    memset(calls, 0, sizeof calls);
    total = 0;
    wrong = 0;
    odd_calls = 0;
    resurrect = false;
    allocate = false;
    collect = false;
    return fresh_heap(arena.bytes, sizeof arena.bytes);
}

static __attribute__((noinline)) struct resource *make(unsigned number) {
    struct resource *resource = MOAT_NEW(resource_type);
    if (resource != NULL) {
        resource->number = number;
        MOAT_STORE(resource->data, MOAT_NEW_BYTES(sizeof(struct datum)));
        resource->data->number = MARK + number;
        kept[number] = hide(resource);
    }
    return resource;
}

/* A chain from the root, each object finalized. */
static __attribute__((noinline)) void make_chain(void) {
    for (unsigned i = 0; i < OBJECTS; i++) {
        struct resource *resource = make(i);
        CHECK(resource != NULL);
        MOAT_STORE(resource->other, root);
        MOAT_STORE(root, resource);
    }
}

static void called_once_after_death(void) {
    CHECK(start());
    make_chain();
    collect_all();
    CHECK_EQUAL(total, 0);
    MOAT_CLEAR(root);
    collect_once();
    CHECK_EQUAL(total, OBJECTS);
    CHECK_EQUAL(wrong, 0);
    CHECK(is_alive(kept[0]));
    collect_once();
    CHECK_HEAP();
    CHECK(!is_alive(kept[0]));
    collect_all();
    for (unsigned i = 0; i < OBJECTS; i++) {
        CHECK_EQUAL(calls[i], 1);
    }
    CHECK_EQUAL(moat_heap.stats.finalized, OBJECTS);
    CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
}

static __attribute__((noinline)) void close_ring(void) {
    struct resource *last = root;
    while (last->other != NULL) {
        last = last->other;
    }
    MOAT_STORE(last->other, root);
}

static void called_in_a_ring_too(void) {
    CHECK(start());
    make_chain();
    close_ring();
    MOAT_CLEAR(root);
    collect_all();
    CHECK_EQUAL(total, OBJECTS);
    CHECK_EQUAL(wrong, 0);
}

static void resurrected_object_lives_and_is_not_finalized_again(void) {
    CHECK(start());
    (void)make(3);
    resurrect = true;
    collect_all();
    CHECK_EQUAL(total, 1);
    CHECK(is_alive(kept[3]));
    CHECK_EQUAL(saved->data->number, MARK + 3);
    CHECK_HEAP();
    MOAT_CLEAR(saved);
    collect_all();
    CHECK(!is_alive(kept[3]));
    CHECK_EQUAL(total, 1);
}

static void may_allocate_and_store(void) {
    CHECK(start());
    make_chain();
    allocate = true;
    MOAT_CLEAR(root);
    collect_all();
    CHECK_EQUAL(total, OBJECTS);
    CHECK_EQUAL(wrong, 0);
    CHECK_HEAP();
}

/* A collection within a finalizer finds other objects dead; their finalizers wait for it to return. */
static void may_collect(void) {
    CHECK(start());
    make_chain();
    collect = true;
    MOAT_CLEAR(root);
    collect_all();
    CHECK_EQUAL(total, OBJECTS);
    CHECK_EQUAL(wrong, 0);
    CHECK_HEAP();
}

static void run_by_steps_and_allocations(void) {
    CHECK(start());
    (void)make(1);
    scrub_stack();
    moat_cycle_start();
    moat_cycle_finish();
    CHECK_EQUAL(total, 0);
    CHECK(moat_gc_step(1) >= 0);
    CHECK_EQUAL(total, 1);
    (void)make(2);
    scrub_stack();
    moat_cycle_start();
    moat_cycle_finish();
    for (int i = 0; i < 40 && total == 1; i++) {
        CHECK(MOAT_NEW(plain_type) != NULL);
    }
    CHECK_EQUAL(total, 2);
    CHECK_EQUAL(wrong, 0);
}

static void allocate_much(void) {
    for (int i = 0; i < 100; i++) {
        CHECK(MOAT_NEW(plain_type) != NULL);
    }
    CHECK_EQUAL(total, 0);
}

static void never_in_a_handler(void) {
    CHECK(start());
    (void)make(1);
    scrub_stack();
    moat_cycle_start();
    moat_cycle_finish();
    CHECK(moat_heap.finalizers.doomed != NULL);
    bsp_interrupt(allocate_much);
    CHECK(!test_failed());
    CHECK(moat_gc_step(1) >= 0);
    CHECK_EQUAL(total, 1);
}

static __attribute__((noinline)) void make_odd(void) {
    struct odd *odd = MOAT_NEW(odd_type);
    CHECK(odd != NULL);
    memset(odd->bytes, 0xa5, sizeof odd->bytes);
}

static void link_is_out_of_the_way(void) {
    CHECK(start());
    for (int i = 0; i < 5; i++) {
        make_odd();
        CHECK_HEAP();
    }
    collect_all();
    CHECK_EQUAL(odd_calls, 5);
    CHECK_EQUAL(wrong, 0);
}

static void start_rooted(void) {
    CHECK(start());
    MOAT_STORE(root, make(0));
}

static void clear_root(void) {
    MOAT_CLEAR(root);
}

static void judge_death(void) {
    collect_all();
    CHECK_HEAP();
    CHECK_EQUAL(total, 1);
    CHECK_EQUAL(wrong, 0);
    CHECK(!is_alive(kept[0]));
}

static void death_found_at_every_step(void) {
    at_every_step(start_rooted, clear_root, judge_death);
}

/* Out of line: the caller's registers know nothing of the object. */
static __attribute__((noinline)) void make_and_forget(void) {
    (void)make(1);
}

static void start_doomed(void) {
    CHECK(start());
    make_and_forget();
    /* More than once: on some hosts a stale register keeps it in the first. */
    for (unsigned cycles = 0; cycles < 3 && moat_heap.finalizers.doomed == NULL; cycles++) {
        scrub_stack();
        moat_cycle_start();
        moat_cycle_finish();
    }
    CHECK(moat_heap.finalizers.doomed != NULL);
    resurrect = true;
}

static void run_finalizer(void) {
    CHECK(moat_gc_step(1) >= 0);
    CHECK_EQUAL(total, 1);
    CHECK_EQUAL(wrong, 0);
}

static void judge_resurrected(void) {
    CHECK(is_alive(kept[1]) && saved->data->number == MARK + 1);
}

/* A doomed object is a root of the next cycle until its finalizer runs, which may be at any step of that cycle and
 * hands the object to a root that has been scanned. */
static void doomed_is_kept_and_taken_at_every_step(void) {
    at_every_step(start_doomed, run_finalizer, judge_resurrected);
}

static uintptr_t late_words[4];
static struct moat_stack late;

static void start_forgotten(void) {
    CHECK(start());
    make_and_forget();
    scrub_stack();
}

static void add_stack(void) {
    uintptr_t low = (uintptr_t)late_words, high = low + sizeof late_words;
    late = (struct moat_stack){.low = low, .high = high, .sp = high, .name = "late"};
    CHECK_EQUAL(moat_stack_add(&late), MOAT_OK);
}

static void judge_late_stack(void) {
    collect_all();
    CHECK_HEAP();
    CHECK_EQUAL(total, 1);
    CHECK_EQUAL(wrong, 0);
    CHECK_EQUAL(moat_stack_remove(&late), MOAT_OK);
}

/* It leads back to the stage of stacks. Objects that are condemned by then are doomed all the same. */
static void a_stack_is_added_at_every_step(void) {
    at_every_step(start_forgotten, add_stack, judge_late_stack);
}

static const struct test_case cases[] = {
    TEST_CASE(called_once_after_death),
    TEST_CASE(called_in_a_ring_too),
    TEST_CASE(resurrected_object_lives_and_is_not_finalized_again),
    TEST_CASE(may_allocate_and_store),
    TEST_CASE(may_collect),
    TEST_CASE(run_by_steps_and_allocations),
    TEST_CASE(never_in_a_handler),
    TEST_CASE(link_is_out_of_the_way),
    TEST_CASE(death_found_at_every_step),
    TEST_CASE(doomed_is_kept_and_taken_at_every_step),
    TEST_CASE(a_stack_is_added_at_every_step),
};

int main(void) {
    return TEST_MAIN(cases);
}
