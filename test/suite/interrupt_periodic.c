/* A periodic interrupt that allocates and stores while the main loop does, each with a model of what it has stored.
 *
 * Each side has a table of slots in one root object, and a part of a table that both store to. A side's slots must hold
 * exactly what its model says, whatever the other does; a common slot holds what either stored last.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "support/node.h"
#include "xorshift.h"

#include <bsp.h>
#include <moat.h>

#define SLOTS 12
#define OPERATIONS                                                                                                     \
    20000u /* of the main loop, for each period; a computer that leaves the timer little time does more */
#define INTERRUPTS_LEAST 25u
#define CHECK_EVERY 1024u
#define WORK 4 /* operations in an interrupt */

struct table {
    MOAT_REF(struct node) slots[SLOTS];
};
MOAT_TYPE(table_type, struct table, slots);

/* One side: its table in the heap, and the serials that it knows to be there; 0: NULL. */
struct side {
    struct table *table; /* kept by `tables` */
    uintptr_t serials[SLOTS];
    uint32_t random;
    uint32_t operations;
};

static MOAT_ROOT(struct table) tables[3]; /* the main loop's, the handler's, the common one */
static struct side mine, handlers;

static uint32_t draw(struct side *side, uint32_t bound) {
    return xorshift(&side->random) % bound;
}

/* Sides draw serials from the same sequence, so that no two objects are alike. */
static bool is_stamped(const struct node *node) {
    return node->serial != 0 && node->serial <= node_serial();
}

static void check_slot(const struct side *side, uint32_t i) {
    const struct node *node = side->table->slots[i];
    CHECK_EQUAL(node == NULL ? 0 : node->serial, side->serials[i]);
    for (; node != NULL; node = node->next) {
        CHECK(is_stamped(node));
    }
}

static uint32_t length(const struct node *node) {
    uint32_t n = 0;
    for (; node != NULL; node = node->next) {
        n++;
    }
    return n;
}

/* A new node in front of what a slot holds, or alone when that is long. */
static void grow(struct side *side, uint32_t i) {
    struct node *node = draw(side, 4) == 0 ? node_new_array(1) : node_new();
    if (node == NULL) {
        return; /* only in a handler, when memory has run out there */
    }
    if (length(side->table->slots[i]) < 4) {
        MOAT_INIT(node->next, side->table->slots[i]);
    }
    MOAT_STORE(side->table->slots[i], node);
    side->serials[i] = node->serial;
}

static void exchange_two(struct side *side, uint32_t i, uint32_t j) {
    MOAT_SWAP(side->table->slots[i], side->table->slots[j]);
    uintptr_t serial = side->serials[i];
    side->serials[i] = side->serials[j];
    side->serials[j] = serial;
}

static void cut(struct side *side, uint32_t i) {
    MOAT_CLEAR(side->table->slots[i]);
    side->serials[i] = 0;
}

/* Takes the rest of a list into another slot. */
static void take_rest(struct side *side, uint32_t i, uint32_t j) {
    struct node *node = side->table->slots[i];
    if (node == NULL || i == j) {
        return;
    }
    struct node *rest = MOAT_EXCHANGE(node->next, NULL);
    MOAT_STORE(side->table->slots[j], rest);
    side->serials[j] = rest == NULL ? 0 : rest->serial;
}

/* Both sides: what one has stored the other takes or overwrites. */
static void share(struct side *side, uint32_t i, uint32_t j) {
    struct table *common = tables[2];
    struct node *node = side->table->slots[i];
    if (node == NULL) {
        return;
    }
    MOAT_STORE(common->slots[j], node);
    struct node *there = common->slots[(j + 1) % SLOTS];
    if (there != NULL) {
        CHECK(is_stamped(there));
        MOAT_ATOMIC_STORE(common->slots[j], there);
    }
    (void)MOAT_CAS(common->slots[(j + 2) % SLOTS], there, node);
}

static void operate(struct side *side) {
    uint32_t i = draw(side, SLOTS), j = draw(side, SLOTS);
    check_slot(side, i);
    switch (draw(side, 8)) {
    case 0:
        exchange_two(side, i, j);
        break;
    case 1:
        cut(side, i);
        break;
    case 2:
        take_rest(side, i, j);
        break;
    case 3:
        share(side, i, j);
        break;
    case 4:
        (void)MOAT_NEW_BYTES(1 + draw(side, 40 * sizeof(void *)));
        break;
    default:
        grow(side, i);
        break;
    }
    side->operations++;
}

static void interrupt(void) {
    for (int i = 0; i < WORK && !test_failed(); i++) {
        operate(&handlers);
    }
}

static void check_all(void) {
    CHECK_HEAP();
    for (uint32_t i = 0; i < SLOTS; i++) {
        check_slot(&mine, i);
        const struct node *common = tables[2]->slots[i];
        CHECK(common == NULL || is_stamped(common));
    }
}

/* With interrupts off: the handler's model holds between its runs only. */
static void check_handlers(void) {
    for (uint32_t i = 0; i < SLOTS; i++) {
        check_slot(&handlers, i);
    }
}

static void begin(struct side *side, uint32_t table) {
    MOAT_STORE(tables[table], (struct table *)MOAT_NEW(table_type));
    CHECK(tables[table] != NULL);
    *side = (struct side){.table = tables[table], .random = test_random() | 1u};
}

static void run(uint32_t period) {
    struct side common;
    begin(&mine, 0);
    begin(&handlers, 1);
    begin(&common, 2);
    struct moat_stats before, after;
    (void)moat_stats_get(&before);
    bsp_timer_start(period, true, interrupt);
    const uint32_t least = INTERRUPTS_LEAST * WORK;
    bool enough = false;
    for (uint32_t n = 0; n < 100 * OPERATIONS && !enough && !test_failed(); n++) {
        operate(&mine);
        enough = n >= OPERATIONS && *(volatile uint32_t *)&handlers.operations >= least;
        if (n % CHECK_EVERY == 0) {
            check_all();
        }
    }
    bsp_timer_stop();
    check_all();
    check_handlers();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    node_overwrite_free(NODE_ARENA_BYTES / 4);
    check_all();
    check_handlers();
    (void)moat_stats_get(&after);
    test_note("operations of the handler", handlers.operations);
    test_note("cycles", after.cycles - before.cycles);
    CHECK(handlers.operations >= least);
    CHECK(after.cycles - before.cycles >= 30);
}

/* Odd primes, so that interrupts drift over the main loop's instructions. The handler takes about 2,000 of them. */
static void every_3499_instructions(void) {
    run(3499);
}

static void every_4001_instructions(void) {
    run(4001);
}

static void every_6007_instructions(void) {
    run(6007);
}

static void every_9973_instructions(void) {
    run(9973);
}

static void every_40009_instructions(void) {
    run(40009);
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(every_3499_instructions),
    TEST_CASE(every_4001_instructions),
    TEST_CASE(every_6007_instructions),
    TEST_CASE(every_9973_instructions),
    TEST_CASE(every_40009_instructions),
};

int main(void) {
    started = node_heap_start(NODE_ARENA_BYTES);
    return TEST_MAIN(cases);
}
