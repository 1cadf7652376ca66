/* Transfers: their memory is the engine's until they end, and nobody else's.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "support/every_step.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES 8192
#define LINE (MOAT_CONFIG_DMA_LINE != 0 ? (uintptr_t)MOAT_CONFIG_DMA_LINE : MOAT_GRANULE)
#define BYTES 48u

struct node {
    MOAT_REF(uint8_t) line;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, line);

FRESH_ARENA(arena, ARENA_BYTES);
static MOAT_ROOT(uint8_t) root;
static struct moat_dma transfer;
static uintptr_t buffer; /* hidden: as the register of an engine, which is no root */

/* ---- a cache that notes what is asked of it ---- */

enum asked { ASKED_CLEAN, ASKED_DROP, ASKED };
static unsigned asked[ASKED];
static uintptr_t asked_start, asked_end;

static void note(enum asked what, void *start, size_t bytes) {
    asked[what]++;
    asked_start = (uintptr_t)start;
    asked_end = (uintptr_t)start + bytes;
}

void moat_dma_cache_clean(void *start, size_t bytes) {
    note(ASKED_CLEAN, start, bytes);
}

void moat_dma_cache_drop(void *start, size_t bytes) {
    note(ASKED_DROP, start, bytes);
}

/* ---- what the cases share ---- */

static void start(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    transfer = (struct moat_dma){0};
}

static uint8_t *memory(void) {
    return (uint8_t *)~buffer;
}

/* Begins a transfer into memory that nothing else refers to. */
static __attribute__((noinline)) void begin_alone(void) {
    uint8_t *bytes = MOAT_NEW_DMA(BYTES);
    buffer = hide(bytes);
    CHECK_EQUAL(moat_dma_begin(&transfer, bytes, BYTES, MOAT_DMA_FROM_DEVICE), MOAT_OK);
}

static bool is_kept(void) {
    return moat_object_find(memory(), NULL);
}

/* ---- cases ---- */

static void memory_has_lines_of_its_own(void) {
    start();
    for (size_t bytes = 1; bytes <= 3 * LINE; bytes++) {
        uint8_t *p = MOAT_NEW_DMA(bytes);
        struct moat_object object;
        CHECK(p != NULL && moat_object_find(p, &object));
        CHECK_EQUAL((uintptr_t)p % LINE, 0);
        uintptr_t end = ((uintptr_t)p + bytes + LINE - 1) & ~(LINE - 1);
        CHECK(MOAT_CONFIG_DMA_LINE == 0 || end <= (uintptr_t)object.start + object.bytes);
        CHECK(bytes <= (uintptr_t)object.start + object.bytes - (uintptr_t)p);
    }
}

static void no_bytes_and_too_many_are_refused(void) {
    start();
    CHECK_POINTER(MOAT_NEW_DMA(0), NULL);
    CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
    for (size_t less = 0; less <= 2 * LINE; less++) {
        CHECK_POINTER(MOAT_NEW_DMA(SIZE_MAX - less), NULL);
        CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
        CHECK_POINTER(MOAT_NEW_DMA(SIZE_MAX / 2 - less), NULL);
        CHECK_EQUAL(moat_last_error(), MOAT_ERR_SIZE);
    }
}

static void keeps_its_memory_until_the_end(void) {
    start();
    begin_alone();
    collect_once();
    CHECK(is_kept());
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    collect_once();
    CHECK(!is_kept());
    CHECK_HEAP();
}

static void an_end_counts_once(void) {
    start();
    begin_alone();
    CHECK_EQUAL(moat_pin(memory()), MOAT_OK);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_ERR_ABSENT);
    CHECK_EQUAL(moat_pin_count(), 1);
    collect_once();
    CHECK(is_kept());
}

static void one_transfer_at_a_time(void) {
    start();
    begin_alone();
    const struct moat_dma before = transfer;
    CHECK_EQUAL(moat_dma_begin(&transfer, memory(), 1, MOAT_DMA_TO_DEVICE), MOAT_ERR_OVERLAP);
    CHECK(transfer.start == before.start && transfer.bytes == before.bytes && transfer.direction == before.direction);
    CHECK_EQUAL(moat_pin_count(), 1);
    struct moat_dma other = {0};
    CHECK_EQUAL(moat_dma_begin(&other, memory(), BYTES, MOAT_DMA_TO_DEVICE), MOAT_OK);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    CHECK(moat_is_pinned(memory()));
    CHECK_EQUAL(moat_dma_end(&other), MOAT_OK);
    CHECK(!moat_is_pinned(memory()));
}

static int refused(void *p, size_t bytes, enum moat_dma_direction direction) {
    int result = moat_dma_begin(&transfer, p, bytes, direction);
    return transfer.start == NULL && moat_pin_count() == 0 ? result : 1;
}

static void what_is_no_object_is_refused(void) {
    start();
    CHECK_EQUAL(moat_dma_begin(NULL, arena.bytes, 1, MOAT_DMA_TO_DEVICE), MOAT_ERR_NULL);
    CHECK_EQUAL(moat_dma_end(NULL), MOAT_ERR_NULL);
    CHECK_EQUAL(refused(NULL, 1, MOAT_DMA_TO_DEVICE), MOAT_ERR_NULL);
    CHECK_EQUAL(refused(&arena.bytes[ARENA_BYTES / 2], 1, MOAT_DMA_TO_DEVICE), MOAT_ERR_FOREIGN);
    MOAT_STORE(root, MOAT_NEW_DMA(BYTES));
    CHECK_EQUAL(refused(root, 0, MOAT_DMA_TO_DEVICE), MOAT_ERR_SIZE);
    struct moat_object object;
    CHECK(moat_object_find(root, &object));
    size_t rest = (size_t)((uintptr_t)object.start + object.bytes - (uintptr_t)root);
    CHECK_EQUAL(refused(root, rest + 1, MOAT_DMA_TO_DEVICE), MOAT_ERR_SIZE);
    CHECK_EQUAL(refused(root, SIZE_MAX, MOAT_DMA_TO_DEVICE), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_dma_begin(&transfer, root, rest, MOAT_DMA_TO_DEVICE), MOAT_OK);
}

static void a_device_reads_slots_but_does_not_write_them(void) {
    start();
    struct node *node = MOAT_NEW(node_type);
    CHECK_EQUAL(refused(node, sizeof *node, MOAT_DMA_FROM_DEVICE), MOAT_ERR_TYPE);
    CHECK_EQUAL(moat_dma_begin(&transfer, node, sizeof *node, MOAT_DMA_TO_DEVICE), MOAT_OK);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
}

static void memory_of_others_is_not_pinned(void) {
    static uint8_t statics[LINE];
    start();
    CHECK_EQUAL(moat_dma_begin(&transfer, statics, sizeof statics, MOAT_DMA_FROM_DEVICE), MOAT_OK);
    CHECK_EQUAL(moat_pin_count(), 0);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
}

static void the_table_of_pins_may_be_full(void) {
    start();
    for (int i = 0; i < MOAT_CONFIG_PINS_MAX; i++) {
        CHECK_EQUAL(moat_pin(MOAT_NEW_BYTES(8)), MOAT_OK);
    }
    CHECK_EQUAL(moat_dma_begin(&transfer, MOAT_NEW_DMA(BYTES), BYTES, MOAT_DMA_TO_DEVICE), MOAT_ERR_FULL);
    CHECK_POINTER(transfer.start, NULL);
}

/* With a cache: a line that a neighbour has bytes in would be dropped with what the neighbour wrote. */
static void lines_of_two_objects_are_refused(void) {
    start();
    uint8_t *bytes = MOAT_NEW_BYTES(3 * LINE);
    struct moat_object object;
    CHECK(moat_object_find(bytes, &object));
    uintptr_t first = (uintptr_t)object.start, end = first + object.bytes;
    for (uintptr_t from = first; from < end; from++) {
        bool whole = (from & ~(LINE - 1)) >= first && ((from + LINE) & ~(LINE - 1)) <= end;
        int expected = whole || MOAT_CONFIG_DMA_LINE == 0 ? MOAT_OK : MOAT_ERR_ALIGN;
        CHECK_EQUAL(moat_dma_begin(&transfer, (void *)from, 1, MOAT_DMA_FROM_DEVICE), expected);
        (void)moat_dma_end(&transfer);
        CHECK_EQUAL(moat_dma_begin(&transfer, (void *)from, 1, MOAT_DMA_TO_DEVICE), MOAT_OK);
        CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    }
}

static void the_cache_is_asked_for_whole_lines(void) {
    const unsigned once = MOAT_CONFIG_DMA_LINE != 0;
    start();
    MOAT_STORE(root, MOAT_NEW_DMA(3 * LINE));
    asked[ASKED_CLEAN] = asked[ASKED_DROP] = 0;
    CHECK_EQUAL(moat_dma_begin(&transfer, root + 1, LINE, MOAT_DMA_TO_DEVICE), MOAT_OK);
    CHECK_EQUAL(asked[ASKED_CLEAN], once);
    CHECK(once == 0 || (asked_start == (uintptr_t)root && asked_end == (uintptr_t)root + 2 * LINE));
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    CHECK_EQUAL(asked[ASKED_DROP], 0);
    CHECK_EQUAL(moat_dma_begin(&transfer, root + LINE, LINE, MOAT_DMA_FROM_DEVICE), MOAT_OK);
    CHECK_EQUAL(asked[ASKED_DROP], once);
    CHECK_EQUAL(moat_dma_end(&transfer), MOAT_OK);
    CHECK_EQUAL(asked[ASKED_DROP], 2 * once);
    CHECK(once == 0 || (asked_start == (uintptr_t)root + LINE && asked_end == (uintptr_t)root + 2 * LINE));
    CHECK_EQUAL(asked[ASKED_CLEAN], once);
}

/* ---- at each step of a cycle, and while it runs ---- */

static void start_held(void) {
    start();
    MOAT_STORE(root, MOAT_NEW_DMA(BYTES));
    buffer = hide(root);
}

static __attribute__((noinline)) void give(void) {
    (void)moat_dma_begin(&transfer, root, BYTES, MOAT_DMA_FROM_DEVICE);
    MOAT_CLEAR(root);
}

static __attribute__((noinline)) void take_back(void) {
    (void)moat_dma_end(&transfer);
    MOAT_STORE(root, memory());
}

static void start_given(void) {
    start_held();
    give();
}

static void judge(void) {
    CHECK(is_kept());
}

static void begun_at_every_step(void) {
    at_every_step(start_held, give, judge);
}

static void ended_at_every_step(void) {
    at_every_step(start_given, take_back, judge);
}

/* An engine that writes a byte at each interrupt; the last one hands the memory over to a root. */
#define PERIOD 300u
static volatile uint32_t written, rounds;

static void engine(void) {
    uint8_t *to = transfer.start;
    if (to != NULL) {
        to[written] = (uint8_t)(rounds + written);
        written = written + 1;
        if (written == BYTES) {
            MOAT_STORE(root, to);
            (void)moat_dma_end(&transfer);
        }
    }
}

static bool is_received(const uint8_t *bytes) {
    bool right = bytes != NULL;
    for (uint32_t i = 0; right && i < BYTES; i++) {
        right = bytes[i] == (uint8_t)(rounds + i);
    }
    return right;
}

/* Nothing refers to the memory but the transfer, while objects die all round it. */
static void an_engine_writes_while_the_collector_runs(void) {
    start();
    uint32_t cycles = moat_heap.stats.cycles;
    bsp_timer_start(PERIOD, true, engine);
    for (rounds = 0; rounds < 20; rounds++) {
        MOAT_CLEAR(root);
        written = 0;
        begin_alone();
        while (written < BYTES) {
            uint8_t *garbage = MOAT_NEW_BYTES(1 + written);
            CHECK(garbage != NULL);
            garbage[0] = 0xff;
        }
        CHECK(is_received(root));
        CHECK_EQUAL(moat_pin_count(), 0);
    }
    bsp_timer_stop();
    CHECK(moat_heap.stats.cycles > cycles);
    CHECK_HEAP();
}

static const struct test_case cases[] = {
    TEST_CASE(memory_has_lines_of_its_own),
    TEST_CASE(no_bytes_and_too_many_are_refused),
    TEST_CASE(keeps_its_memory_until_the_end),
    TEST_CASE(an_end_counts_once),
    TEST_CASE(one_transfer_at_a_time),
    TEST_CASE(what_is_no_object_is_refused),
    TEST_CASE(a_device_reads_slots_but_does_not_write_them),
    TEST_CASE(memory_of_others_is_not_pinned),
    TEST_CASE(the_table_of_pins_may_be_full),
    TEST_CASE(lines_of_two_objects_are_refused),
    TEST_CASE(the_cache_is_asked_for_whole_lines),
    TEST_CASE(begun_at_every_step),
    TEST_CASE(ended_at_every_step),
    TEST_CASE(an_engine_writes_while_the_collector_runs),
};

int main(void) {
    bsp_init();
    return TEST_MAIN(cases);
}
