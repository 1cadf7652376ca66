/* Out of memory: what is unreachable is collected first, finalizers and the hook are asked next, and a failed
 * allocation leaves a heap that works.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "base/port.h"
#include "heap/cycle.h"
#include "space/granule.h"
#include "space/search.h"
#include "space/take.h"

#include <bsp.h>
#include <moat.h>

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);

/* A cache of small pieces: a stale word on the stack keeps one of them at most. The request is larger than the free
 * memory beside the cache, and smaller than that on one side of any piece of it. */
#define CACHE 10
#define PIECE (256 - MOAT_WORD_BYTES)
#define REQUEST 1500

FRESH_ARENA(arena, 4096);
static MOAT_ROOT(struct node) list;
static MOAT_ROOT(void) cache[CACHE];
static unsigned hook_calls;
static size_t hook_bytes;

static void clear_cache(void) {
    for (unsigned i = 0; i < CACHE; i++) {
        MOAT_CLEAR(cache[i]);
    }
}

static void release_cache(void *object) {
    (void)object;
    clear_cache();
}
MOAT_TYPE_FINALIZED(guard_type, struct node, release_cache, next);

static bool give_up(size_t bytes) {
    hook_calls++;
    hook_bytes = bytes;
    return false;
}

static bool drop_cache(size_t bytes) {
    (void)give_up(bytes);
    clear_cache();
    return true;
}

static bool promise_too_much(size_t bytes) {
    (void)give_up(bytes);
    return true;
}

static bool start(moat_out_of_memory_hook *hook) {
    bool ready = fresh_heap(arena.bytes, sizeof arena.bytes);
    (void)moat_out_of_memory_hook_set(hook);
    hook_calls = 0;
    return ready;
}

/* Returns how many nodes there was room for. */
static __attribute__((noinline)) unsigned fill(void) {
    unsigned count = 0;
    for (struct node *node = MOAT_NEW(node_type); node != NULL; node = MOAT_NEW(node_type)) {
        node->number = count++;
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, node);
    }
    return count;
}

/* Functions of their own, so that no pointer to what is to die is left in a case's frame. */
static __attribute__((noinline)) void fill_cache(void) {
    for (unsigned i = 0; i < CACHE; i++) {
        MOAT_STORE(cache[i], MOAT_NEW_BYTES(PIECE));
        CHECK(cache[i] != NULL);
    }
}

static __attribute__((noinline)) void drop_first(void) {
    MOAT_STORE(list, list->next);
}

static __attribute__((noinline)) void check_numbers(unsigned count) {
    for (const struct node *node = list; node != NULL; node = node->next) {
        CHECK_EQUAL(node->number, --count);
    }
    CHECK_EQUAL(count, 0);
}

static void hook_can_be_set(void) {
    CHECK(start(NULL));
    CHECK(moat_out_of_memory_hook_set(give_up) == NULL);
    CHECK(moat_out_of_memory_hook_set(drop_cache) == give_up);
    CHECK(moat_out_of_memory_hook_set(NULL) == drop_cache);
}

static void full_heap_says_so_and_works_on(void) {
    CHECK(start(NULL));
    unsigned count = fill();
    CHECK(count > 20);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
    CHECK_EQUAL(moat_heap.stats.out_of_memory, 1);
    CHECK_HEAP();
    check_numbers(count);
    drop_first();
    scrub_stack();
    CHECK(MOAT_NEW(node_type) != NULL);
    CHECK_HEAP();
}

static void garbage_is_collected_first(void) {
    CHECK(start(give_up));
    unsigned count = fill();
    CHECK_EQUAL(hook_calls, 1);
    MOAT_CLEAR(list);
    scrub_stack();
    CHECK(fill() >= count); /* a stale word may have kept one the first time */
    CHECK_EQUAL(hook_calls, 2);
}

static void hook_is_told_and_asked_once(void) {
    CHECK(start(give_up));
    (void)fill();
    hook_calls = 0;
    CHECK_POINTER(MOAT_NEW_BYTES(500), NULL);
    CHECK_EQUAL(hook_calls, 1);
    CHECK_EQUAL(hook_bytes, 500);
    (void)moat_out_of_memory_hook_set(promise_too_much);
    CHECK_POINTER(MOAT_NEW_BYTES(500), NULL);
    CHECK_EQUAL(hook_calls, 2);
    CHECK_HEAP();
}

/* ---- a handler that sets another hook, or none, shortly before it is called ---- */

#define SHORTLY 150u /* instructions */

static uint32_t asked_since, hook_came;

static bool tell_when(size_t bytes) {
    hook_came = bsp_instructions();
    return give_up(bytes);
}

static void unset_hook(void) {
    (void)moat_out_of_memory_hook_set(NULL);
}

/* An allocation that asks the hook, interrupted after so many instructions. */
static __attribute__((noinline)) void ask_interrupted(uint32_t after) {
    CHECK(start(tell_when));
    fill_cache();
    scrub_stack();
    asked_since = hook_came = bsp_instructions();
    bsp_timer_start(after, false, unset_hook);
    CHECK_POINTER(MOAT_NEW_BYTES(REQUEST), NULL);
    bsp_timer_stop();
}

static void hook_may_be_unset_at_any_time(void) {
    const uint32_t never = 100000000;
    ask_interrupted(never);
    uint32_t length = hook_came - asked_since;
    CHECK_EQUAL(hook_calls, 1);
    for (uint32_t before = 0; before < SHORTLY && before < length && !test_failed(); before++) {
        ask_interrupted(length - before);
    }
    ask_interrupted(1);
    CHECK_EQUAL(hook_calls, 0);
    CHECK_HEAP();
}

static bool ask_again(size_t bytes) {
    (void)give_up(bytes);
    return hook_calls < 5 && MOAT_NEW_BYTES(600) != NULL;
}

/* An allocation of its own that fails does not ask it. */
static void hook_is_not_asked_by_itself(void) {
    CHECK(start(ask_again));
    fill_cache();
    (void)fill();
    hook_calls = 0;
    CHECK_POINTER(MOAT_NEW_BYTES(500), NULL);
    CHECK_EQUAL(hook_calls, 1);
    CHECK_EQUAL(hook_bytes, 500);
    CHECK(!moat_heap.front.asking_hook);
    CHECK_HEAP();
}

static void hook_may_drop_references(void) {
    CHECK(start(drop_cache));
    fill_cache();
    (void)fill();
    CHECK_POINTER(cache[0], NULL);
    CHECK_HEAP();
    CHECK(start(drop_cache));
    fill_cache();
    scrub_stack();
    CHECK(MOAT_NEW_BYTES(REQUEST) != NULL);
    CHECK_EQUAL(hook_calls, 1);
}

static __attribute__((noinline)) void make_finalized(void) {
    CHECK(MOAT_NEW(guard_type) != NULL);
}

/* Memory that only a finalizer lets go of is found too, before the hook is asked. */
static void finalizers_come_before_the_hook(void) {
    CHECK(start(give_up));
    make_finalized();
    fill_cache();
    scrub_stack();
    CHECK(MOAT_NEW_BYTES(REQUEST) != NULL);
    CHECK_EQUAL(hook_calls, 0);
}

static size_t made;

static void fill_in_handler(void) {
    for (made = 0; MOAT_NEW(node_type) != NULL; made++) {
    }
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
}

/* A handler can't collect: it asks thread mode to, which has then all of it. */
static void handler_asks_thread_mode(void) {
    CHECK(start(give_up));
    bsp_interrupt(fill_in_handler);
    CHECK(!test_failed());
    CHECK(made * node_type.extent > moat_heap.stats.arena_bytes / 16 * 15); /* the reserve too */
    CHECK(moat_heap.cycle.requested);
    CHECK_EQUAL(hook_calls, 0);
    CHECK_HEAP();
    CHECK(MOAT_NEW(node_type) != NULL);
    CHECK(!moat_heap.cycle.requested);
    CHECK_HEAP();
}

FRESH_ARENA(wide, 4096 * sizeof(void *));

/* Where most of the heap lives, the stop is where the search begins. */
static void idle_loop_rests_where_little_is_free(void) {
    CHECK(start(NULL));
    unsigned count = fill();
    for (unsigned i = 0; i < count / 16; i++) {
        drop_first();
    }
    scrub_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(moat_heap.search.stop_word, 0);
    CHECK_EQUAL(moat_gc_step(MOAT_CONFIG_PACE), 0);
    CHECK(MOAT_NEW(node_type) != NULL); /* starts a cycle */
    while (moat_gc_step(MOAT_CONFIG_PACE) != 0) {
    }
    CHECK_EQUAL(moat_gc_step(MOAT_CONFIG_PACE), 1); /* what was made while it ran may have died */
    while (moat_gc_step(MOAT_CONFIG_PACE) != 0) {
    }
    CHECK_EQUAL(moat_gc_step(MOAT_CONFIG_PACE), 0);
}

static __attribute__((noinline)) void use_all_before_the_stop(void) {
    for (bool more = true; more;) {
        CHECK(MOAT_NEW(node_type) != NULL);
        moat_port_mask_t masked = moat_port_mask();
        more = moat_heap.chunk.limit - moat_heap.chunk.at >= node_type.extent || !moat_search_is_over();
        moat_port_unmask(masked);
    }
}

static void make_in_handler(void) {
    CHECK(MOAT_NEW(node_type) != NULL);
}

/* A handler at the search's stop takes what it needs from the reserve, and no chunk for others, who would use it up
 * before they started a cycle. */
static void handler_takes_no_chunk_of_the_reserve(void) {
    CHECK(fresh_heap(wide.bytes, sizeof wide.bytes));
    use_all_before_the_stop();
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    bsp_interrupt(make_in_handler);
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    CHECK(MOAT_NEW(node_type) != NULL);
    CHECK(moat_heap.cycle.phase != MOAT_PHASE_IDLE);
    CHECK_HEAP();
}

/* Nor does a finalizer, or the hook, whose cycle has been run. */
static void who_may_start_no_cycle_takes_no_chunk_of_the_reserve(void) {
    CHECK(fresh_heap(wide.bytes, sizeof wide.bytes));
    use_all_before_the_stop();
    moat_heap.cycle.shared_on = moat_heap.front.stack_low;
    moat_heap.cycle.shared_after = moat_heap.cycle.number - 1;
    CHECK(MOAT_NEW(node_type) != NULL);
    moat_heap.cycle.shared_on = 0;
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    CHECK(moat_heap.chunk.at == moat_heap.chunk.limit);
    CHECK_HEAP();
}

/* A heap full of garbage, and the sweep stands at its beginning. */
static void enter_sweep(void) {
    CHECK(fresh_heap(wide.bytes, sizeof wide.bytes));
    while (moat_heap.cycle.phase == MOAT_PHASE_IDLE) {
        CHECK(MOAT_NEW(node_type) != NULL);
    }
    while (moat_heap.cycle.phase != MOAT_PHASE_SWEEP) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
    }
}

/* The search has passed all of it before: it finds again what has been swept since. */
static void search_follows_the_sweep(void) {
    enter_sweep();
    for (int slices = 0; slices < 3; slices++) {
        while (moat_take_small(2, moat_heap.types.bytes_header) != 0) {
        }
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
        CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_SWEEP);
        CHECK(moat_take_small(2, moat_heap.types.bytes_header) != 0);
    }
}

/* While the sweep is under way a handler gets what it finds, a slice at a time, up to its end. */
static void handler_follows_the_sweep(void) {
    enter_sweep();
    bsp_interrupt(fill_in_handler);
    CHECK(!test_failed());
    CHECK(made * node_type.extent > moat_heap.stats.arena_bytes / 4 * 3);
    CHECK_HEAP();
}

static __attribute__((noinline)) void make_garbage(size_t bytes) {
    CHECK(MOAT_NEW_BYTES(bytes) != NULL);
}

/* An object that only a whole cycle and the reserve have room for gets it, and leaves the reserve closed. */
static void reserve_is_closed_again(void) {
    CHECK(fresh_heap(wide.bytes, sizeof wide.bytes));
    make_garbage(moat_heap.stats.arena_bytes / 4);
    scrub_stack();
    CHECK(MOAT_NEW_BYTES(moat_heap.stats.arena_bytes / 16 * 15) != NULL);
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_IDLE);
    CHECK(moat_heap.search.stop_word < moat_arena_words(moat_heap.arenas.table[0]));
}

/* ---- how many cycles one call runs ---- */

#define DOOMED 100

static size_t wish;
static unsigned refused;

static void wish_in_vain(void *object) {
    (void)object;
    refused += MOAT_NEW_BYTES(wish) == NULL;
    refused += MOAT_NEW_ARRAY(node_type, wish / sizeof(struct node)) == NULL;
}
MOAT_TYPE_FINALIZED(wishing_type, struct node, wish_in_vain, next);

static bool wish_often(size_t bytes) {
    (void)give_up(bytes);
    for (unsigned i = 0; i < DOOMED && !moat_heap.finalizers.running; i++) {
        wish_in_vain(NULL);
    }
    return true;
}

/* Three eighths of the heap are free, and what is doomed. A finalizer's argument keeps what begins a little behind it:
 * the large object begins before. */
static __attribute__((noinline)) void doom_many(moat_out_of_memory_hook *hook) {
    CHECK(fresh_heap(wide.bytes, sizeof wide.bytes));
    (void)moat_out_of_memory_hook_set(hook);
    hook_calls = refused = 0;
    MOAT_STORE(cache[0], MOAT_NEW_BYTES(moat_heap.stats.arena_bytes / 8 * 5));
    CHECK(cache[0] != NULL);
    for (unsigned i = 0; i < DOOMED; i++) {
        CHECK(MOAT_NEW(wishing_type) != NULL);
    }
    wish = moat_heap.stats.arena_bytes / 2;
}

/* Finalizers that allocate in vain, and a hook that does, have a cycle between them all and no more: none runs but
 * what moat.h says. */
static void failing_allocation_runs_few_cycles(void) {
    doom_many(wish_often);
    scrub_stack();
    uint32_t before = moat_heap.cycle.number;
    CHECK_POINTER(MOAT_NEW_BYTES(wish), NULL);
    CHECK(hook_calls > DOOMED && refused > 3 * DOOMED);
    test_note("cycles", moat_heap.cycle.number - before);
    CHECK(moat_heap.cycle.number - before <= 5);
    CHECK_EQUAL(moat_heap.cycle.shared_on, 0);
    CHECK_HEAP();
}

static void collection_runs_few_cycles(void) {
    doom_many(NULL);
    scrub_stack();
    uint32_t before = moat_heap.cycle.number;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(refused > DOOMED);
    CHECK(moat_heap.cycle.number - before <= 2);
    CHECK_HEAP();
}

/* The cycle that they share is run: what the first finalizer lets go of, another gets. */
static void release_or_wish(void *object) {
    (void)object;
    if (cache[0] != NULL) {
        clear_cache();
    } else {
        refused += MOAT_NEW_BYTES(REQUEST) == NULL;
    }
}
MOAT_TYPE_FINALIZED(releasing_type, struct node, release_or_wish, next);

static __attribute__((noinline)) void make_releasing(void) {
    for (unsigned i = 0; i < 2; i++) {
        CHECK(MOAT_NEW(releasing_type) != NULL);
    }
}

static void finalizer_gets_what_another_lets_go(void) {
    CHECK(start(NULL));
    refused = 0;
    make_releasing();
    fill_cache();
    collect_once();
    CHECK_POINTER(cache[0], NULL);
    CHECK_EQUAL(moat_heap.stats.finalized, 2);
    CHECK_EQUAL(refused, 0);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(hook_can_be_set),
    TEST_CASE(full_heap_says_so_and_works_on),
    TEST_CASE(garbage_is_collected_first),
    TEST_CASE(hook_is_told_and_asked_once),
    TEST_CASE(hook_may_be_unset_at_any_time),
    TEST_CASE(hook_is_not_asked_by_itself),
    TEST_CASE(hook_may_drop_references),
    TEST_CASE(finalizers_come_before_the_hook),
    TEST_CASE(handler_asks_thread_mode),
    TEST_CASE(idle_loop_rests_where_little_is_free),
    TEST_CASE(handler_takes_no_chunk_of_the_reserve),
    TEST_CASE(who_may_start_no_cycle_takes_no_chunk_of_the_reserve),
    TEST_CASE(search_follows_the_sweep),
    TEST_CASE(handler_follows_the_sweep),
    TEST_CASE(reserve_is_closed_again),
    TEST_CASE(failing_allocation_runs_few_cycles),
    TEST_CASE(collection_runs_few_cycles),
    TEST_CASE(finalizer_gets_what_another_lets_go),
};

int main(void) {
    return TEST_MAIN(cases);
}
