/* Objects that ask for a kind of memory, in banks far apart.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "support/every_step.h"

#include <bsp.h>
#include <moat.h>

#define BANK 4096

/* Banks of a chip, where the board has memory that the linker script leaves alone. The linker's is DATA. */
#define MOST_BYTES ((size_t)(MOAT_WORD_BYTES == 4 ? 8 : 256) << 20)
#if defined(__ARM_ARCH)
#define LARGE_BANK BULK_BANK
#define FAST_BANK ((unsigned char *)0x01000000) /* block RAM */
#define BULK_BANK ((unsigned char *)0x21000000) /* PSRAM */
#define BULK_BYTES ((size_t)8 << 20)
#elif defined(__riscv)
#define LARGE_BANK FAST_BANK
#define FAST_BANK ((unsigned char *)0x80800000)
#define BULK_BANK ((unsigned char *)0x80900000)
#define BULK_BYTES ((size_t)(MOAT_WORD_BYTES == 4 ? 7 : 256) << 20)
#else
#undef MOST_BYTES
#define MOST_BYTES BULK_BYTES
#define LARGE_BANK BULK_BANK
FRESH_ARENA(fast_bank, BANK);
FRESH_ARENA(bulk_bank, 64 * 1024);
#define FAST_BANK fast_bank.bytes
#define BULK_BANK bulk_bank.bytes
#define BULK_BYTES sizeof bulk_bank.bytes
#endif
FRESH_ARENA(data_bank, BANK);
FRESH_ARENA(dma_bank, BANK);

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
    uintptr_t check;
};
MOAT_TYPE(node_type, struct node, next);

struct table {
    uintptr_t count;
    MOAT_REF(struct node) entries[];
};
MOAT_TYPE_FLEX(table_type, struct table, MOAT_TAIL_SLOTS(struct table, entries));

static MOAT_ROOT(struct node) list;

#define ONLY(kind) ((kind) | MOAT_MEMORY_ONLY)

/* In the order of the search: data, fast, bulk (which a DMA engine reaches too), DMA. */
static bool start_with(size_t bulk_bytes) {
    MOAT_CLEAR(list);
    return fresh_heap(data_bank.bytes, BANK) && moat_arena_add(FAST_BANK, BANK) == MOAT_OK &&
           moat_arena_add(BULK_BANK, bulk_bytes) == MOAT_OK && moat_arena_add(dma_bank.bytes, BANK) == MOAT_OK &&
           moat_arena_kinds(data_bank.bytes, 0) == MOAT_OK &&
           moat_arena_kinds(FAST_BANK, MOAT_MEMORY_FAST) == MOAT_OK &&
           moat_arena_kinds(BULK_BANK + 100, MOAT_MEMORY_BULK | MOAT_MEMORY_DMA) == MOAT_OK &&
           moat_arena_kinds(dma_bank.bytes, MOAT_MEMORY_DMA | MOAT_MEMORY_OWN(3)) == MOAT_OK;
}

static bool is_in(const void *p, const unsigned char *bank, size_t bytes) {
    return (uintptr_t)p - (uintptr_t)bank < bytes;
}

static bool is_fast(const void *p) {
    return is_in(p, FAST_BANK, BANK);
}

static bool is_bulk(const void *p) {
    return is_in(p, BULK_BANK, BULK_BYTES);
}

static bool is_dma(const void *p) {
    return is_in(p, dma_bank.bytes, BANK);
}

static bool is_data(const void *p) {
    return is_in(p, data_bank.bytes, BANK);
}

static __attribute__((noinline)) struct node *push(struct node *node, uintptr_t number) {
    if (node != NULL) {
        node->number = number;
        node->check = ~number;
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
    }
    return node;
}

static __attribute__((noinline)) unsigned fill(uint32_t memory) {
    unsigned count = 0;
    while (push(MOAT_NEW_IN(memory, node_type), count) != NULL) {
        count++;
    }
    return count;
}

static __attribute__((noinline)) unsigned count_where(bool (*is)(const void *)) {
    unsigned count = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        count += is(node) && node->check == ~node->number;
    }
    return count;
}

/* ---- the cases ---- */

static void each_call_is_served_from_its_kind(void) {
    CHECK(start_with(BULK_BYTES));
    CHECK(is_data(MOAT_NEW(node_type)));
    CHECK(is_fast(MOAT_NEW_IN(MOAT_MEMORY_FAST, node_type)));
    CHECK(is_fast(MOAT_NEW_ARRAY_IN(MOAT_MEMORY_FAST, node_type, 3)));
    CHECK(is_bulk(MOAT_NEW_FLEX_IN(MOAT_MEMORY_BULK, table_type, 2000)));
    CHECK(is_bulk(MOAT_NEW_BYTES_IN(MOAT_MEMORY_BULK, BULK_BYTES / 2)));
    CHECK(is_bulk(MOAT_NEW_DMA_IN(MOAT_MEMORY_DMA, 100))); /* the first that has it */
    CHECK(is_dma(MOAT_NEW_DMA_IN(MOAT_MEMORY_DMA | MOAT_MEMORY_OWN(3), 100)));
    CHECK(is_data(MOAT_NEW_BYTES_IN(MOAT_MEMORY_FAST | MOAT_MEMORY_DMA, 8))); /* none has both */
    CHECK(is_data(MOAT_NEW_BYTES_IN(MOAT_MEMORY_ANY, 8)));
    CHECK_HEAP();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_HEAP();
}

static void preference_falls_back_in_order(void) {
    CHECK(start_with(2048));
    unsigned fast = fill(ONLY(MOAT_MEMORY_FAST));
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_MEMORY);
    CHECK_EQUAL(count_where(is_fast), fast);
    CHECK(fast > BANK / 4 / sizeof(struct node));
    CHECK_HEAP();
    CHECK(is_data(push(MOAT_NEW_IN(MOAT_MEMORY_FAST, node_type), 0)));
    unsigned more = fill(MOAT_MEMORY_FAST) + 1;
    CHECK(count_where(is_data) != 0 && count_where(is_bulk) != 0 && count_where(is_dma) != 0);
    CHECK_EQUAL(count_where(is_fast), fast);
    CHECK_EQUAL(count_where(is_data) + count_where(is_bulk) + count_where(is_dma), more);
    CHECK_POINTER(MOAT_NEW(node_type), NULL);
    CHECK_HEAP();
}

/* Who needs a bank gets all that died there, whatever was made of it meanwhile. */
static void nothing_that_is_free_and_fits_is_refused(void) {
    CHECK(start_with(2048));
    CHECK(fill(MOAT_MEMORY_ANY) != 0);
    unsigned fast = count_where(is_fast);
    MOAT_CLEAR(list);
    scrub_stack();
    CHECK_EQUAL(fill(ONLY(MOAT_MEMORY_FAST)), fast);
    CHECK_HEAP();
    MOAT_CLEAR(list);
    for (unsigned i = 0; i < 60; i++) { /* holes of one and two granules all over it */
        (void)MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), 1 + i % 3 * MOAT_GRANULE);
    }
    scrub_stack();
    uintptr_t room = moat_heap.arenas.table[1]->span - MOAT_GRANULE;
    CHECK(is_fast(MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), room - MOAT_WORD_BYTES)));
    CHECK_HEAP();
}

static uintptr_t gap; /* hidden */
static void *ends[2]; /* pinned: on either side of it */

/* The bank is looked through from its start next: what takes all of it was found there. */
static __attribute__((noinline)) void take_whole_bank(void) {
    CHECK(is_fast(MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), moat_heap.arenas.table[1]->span - 2 * MOAT_GRANULE)));
}

static __attribute__((noinline)) void make_gap(uint32_t granules, uint32_t before) {
    const struct moat_arena *arena = moat_heap.arenas.table[1];
    ends[0] = MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), before * MOAT_GRANULE - MOAT_WORD_BYTES);
    void *object = MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), granules * MOAT_GRANULE - MOAT_WORD_BYTES);
    uintptr_t end = (uintptr_t)object + granules * MOAT_GRANULE;
    ends[1] = MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), arena->low + arena->span - end - MOAT_GRANULE);
    gap = hide(object);
    CHECK(is_fast(ends[0]) && is_fast(object) && is_fast(ends[1]));
    CHECK_EQUAL((uintptr_t)object - (uintptr_t)ends[0], before * MOAT_GRANULE);
    CHECK_EQUAL((uintptr_t)ends[1], end);
    CHECK_EQUAL(moat_pin(ends[0]) + moat_pin(ends[1]), MOAT_OK);
}

/* A place of exactly the size, wherever it lies in the words of the bitmap, is found without a collection. */
static void gaps_of_each_size_are_found(void) {
    for (uint32_t granules = 1; granules <= 70; granules += granules < 34 ? 1 : 12) {
        for (uint32_t before = 1; before <= 33; before += 8) {
            CHECK(start_with(2048));
            take_whole_bank();
            collect_all();
            make_gap(granules, before);
            collect_all();
            CHECK(!is_alive(gap));
            uint32_t number = moat_heap.cycle.number;
            size_t bytes = granules * MOAT_GRANULE - MOAT_WORD_BYTES;
            CHECK_EQUAL(hide(MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), bytes)), gap);
            CHECK_EQUAL(moat_heap.cycle.number, number);
            CHECK_HEAP();
            CHECK_EQUAL(moat_unpin(ends[0]) + moat_unpin(ends[1]), MOAT_OK);
        }
    }
}

/* No allocation waits for a whole cycle: it begins in time, and allocations do its work as they come. */
static __attribute__((noinline)) void allocate_in_time(uint32_t memory, unsigned live) {
    for (unsigned i = 0; i < live; i++) {
        CHECK(push(MOAT_NEW_IN(MOAT_MEMORY_ANY, node_type), i) != NULL);
    }
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    uint32_t before = moat_heap.cycle.number, longest = 0;
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t slices = moat_heap.stats.slices;
        CHECK(MOAT_NEW_IN(memory, node_type) != NULL);
        slices = moat_heap.stats.slices - slices;
        longest = slices > longest ? slices : longest;
        if (i % 64 == 0) {
            CHECK_HEAP();
        }
    }
    test_note("cycles", moat_heap.cycle.number - before);
    test_note("slices of the longest", longest);
    CHECK(moat_heap.cycle.number - before >= 2);
    CHECK(longest * MOAT_CONFIG_SLICE_UNITS <= 2 * MOAT_CONFIG_PACE);
}

/* The reserve lies in the last arena, from which they take. */
static void reserve_is_made_good(void) {
    CHECK(start_with(2048));
    allocate_in_time(MOAT_MEMORY_DMA, 40);
}

/* Requests that never come to the search's stop. */
static void cycle_begins_in_time(void) {
    MOAT_CLEAR(list);
    CHECK(fresh_heap(BULK_BANK, (size_t)16 * 1024 * MOAT_WORD_BYTES / 4));
    CHECK_EQUAL(moat_arena_kinds(BULK_BANK, MOAT_MEMORY_BULK), MOAT_OK);
    allocate_in_time(ONLY(MOAT_MEMORY_BULK), 400);
}

/* Nearly all of it is one object, beside which there are nodes. */
static __attribute__((noinline)) void use_arena_of(size_t bytes) {
    CHECK(fresh_heap(LARGE_BANK, bytes));
    CHECK(moat_heap.stats.arena_bytes >= bytes - bytes / 20 - 256 - bytes / 128);
    unsigned char *large = MOAT_NEW_BYTES(moat_heap.stats.arena_bytes - 20 * sizeof(struct node));
    CHECK(large != NULL);
    for (unsigned i = 0; i < 10; i++) {
        struct node *node = push(MOAT_NEW(node_type), i);
        CHECK(node != NULL && is_in(node + 1, LARGE_BANK, bytes + 1));
    }
    CHECK_EQUAL(moat_pin(large + moat_heap.stats.arena_bytes / 3), MOAT_OK);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(moat_object_find(large + moat_heap.stats.arena_bytes / 4, NULL));
    CHECK_EQUAL(moat_unpin(large), MOAT_OK);
    gap = hide(large);
}

static __attribute__((noinline)) void check_nodes(unsigned count) {
    for (const struct node *node = list; node != NULL; node = node->next) {
        CHECK(node->number == --count && node->check == ~node->number);
    }
    CHECK_EQUAL(count, 0);
}

static size_t next_size(size_t bytes) {
    return bytes < MOST_BYTES && bytes > MOST_BYTES / 8 ? MOST_BYTES : bytes * 8;
}

static void arenas_of_each_size(void) {
    for (size_t bytes = 1024; bytes <= MOST_BYTES; bytes = next_size(bytes)) {
        use_arena_of(bytes);
        collect_all();
        CHECK(!is_alive(gap));
        check_nodes(10);
        CHECK_HEAP();
        MOAT_CLEAR(list);
        collect_all();
        CHECK_EQUAL(free_bytes(), moat_heap.stats.arena_bytes);
    }
}

/* ---- at each step of a cycle ---- */

static __attribute__((noinline)) void prepare(void) {
    CHECK(start_with(2048));
    for (unsigned i = 0; i < 60; i++) {
        CHECK(push(MOAT_NEW_IN(i % 2 == 0 ? ONLY(MOAT_MEMORY_FAST) : ONLY(MOAT_MEMORY_DMA), node_type), i) != NULL);
        if (i % 5 == 3) {
            MOAT_CLEAR(list->next);
        }
    }
}

static __attribute__((noinline)) void make_some(void) {
    for (unsigned i = 0; i < 4; i++) {
        struct node *node = push(MOAT_NEW_IN(i < 2 ? ONLY(MOAT_MEMORY_FAST) : ONLY(MOAT_MEMORY_DMA), node_type), i);
        CHECK(i < 2 ? is_fast(node) : is_dma(node) || is_bulk(node));
        (void)MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_DMA), 20 + 300 * i);
        CHECK_HEAP();
    }
}

static __attribute__((noinline)) void judge(void) {
    unsigned count = 0;
    for (const struct node *node = list; node != NULL; node = node->next) {
        CHECK(node->check == ~node->number);
        count++;
    }
    CHECK_EQUAL(count, 4 + 2);
}

static void made_at_every_step_of_a_cycle(void) {
    at_every_step(prepare, make_some, judge);
}

/* ---- in a handler ---- */

static volatile bool wrong;
static volatile unsigned made;

static void make_in_handler(void) {
    struct node *node = MOAT_NEW_IN(ONLY(MOAT_MEMORY_FAST), node_type);
    if (node != NULL) {
        node->number = made;
        node->check = ~node->number;
        wrong = wrong || !is_fast(node);
        made++;
        MOAT_INIT(node->next, list);
        MOAT_STORE(list, node);
    }
    (void)MOAT_NEW_BYTES_IN(ONLY(MOAT_MEMORY_FAST), 12);
}

/* The thread asks for the same bank, and lets go of all now and then. */
static void handlers_and_thread_share_a_bank(void) {
    CHECK(start_with(2048));
    made = 0;
    bsp_timer_start(20011, true, make_in_handler);
    for (unsigned i = 0; i < 1500 || made <= 20; i++) {
        CHECK(MOAT_NEW_IN(MOAT_MEMORY_FAST, node_type) != NULL);
        CHECK(MOAT_NEW_BYTES_IN(MOAT_MEMORY_FAST, 8 + i % 600) != NULL);
        if (i % 8 == 0) {
            for (const struct node *node = list; node != NULL; node = node->next) {
                CHECK(node->check == ~node->number && is_fast(node));
            }
            MOAT_CLEAR(list);
        }
        if (i % 128 == 0) {
            CHECK_HEAP();
        }
    }
    bsp_timer_stop();
    test_note("made in handlers", made);
    CHECK(!wrong);
}

static const struct test_case cases[] = {
    TEST_CASE(each_call_is_served_from_its_kind),
    TEST_CASE(preference_falls_back_in_order),
    TEST_CASE(nothing_that_is_free_and_fits_is_refused),
    TEST_CASE(gaps_of_each_size_are_found),
    TEST_CASE(reserve_is_made_good),
    TEST_CASE(cycle_begins_in_time),
    TEST_CASE(arenas_of_each_size),
    TEST_CASE(made_at_every_step_of_a_cycle),
    TEST_CASE(handlers_and_thread_share_a_bank),
};

int main(void) {
    return TEST_MAIN(cases);
}
