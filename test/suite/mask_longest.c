/* The longest stretch with interrupts masked, in instructions, for heaps of several shapes.
 *
 * A timer that is set again by its own handler, after varying times, samples a run: how late a handler comes, over what
 * it takes when nothing is masked, is how much of a masked stretch was left. Tens of thousands of samples find the
 * longest to within a few instructions.
 *
 * SPDX-License-Identifier: MIT */
#include "harness.h"
#include "support/node.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES NODE_ARENA_BYTES
#define ROUNDS 30
#define PERIOD_LEAST 150u /* more than the handler takes */
#define PERIOD_SPREAD 64u

/* A slice is 12 instructions of a Cortex-M3 a unit, and its begin and end. It is more on RISC-V, twice as many where
 * the CPU has no bit-counting instruction, and more where each slice reads the clock. */
#if defined(__thumb2__) && defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define PLAIN (MOAT_CONFIG_CHECK == 0 ? 17u : 34u) /* from CHECK1 on slices look at headers */
#elif defined(__thumb2__)
#define PLAIN (MOAT_CONFIG_CHECK == 0 ? 20u : 34u)
#elif UINTPTR_MAX == UINT32_MAX
#define PLAIN (MOAT_CONFIG_CHECK == 0 ? 29u : 51u)
#else
#define PLAIN (MOAT_CONFIG_CHECK == 0 ? 30u : 85u)
#endif
#define BOUND ((PLAIN + (MOAT_CONFIG_SLICE_CLOCK ? 13u : 0)) * MOAT_CONFIG_SLICE_UNITS)

/* ---- the probe ---- */

static volatile uint32_t armed_at, armed_for;
static volatile uint32_t latest;
static volatile uint32_t samples;
static uint32_t random_state;
static uint32_t unmasked; /* how late a handler comes when nothing is masked */

static void probe(void);

static void arm(void) {
    random_state = random_state * 1664525u + 1013904223u;
    armed_for = PERIOD_LEAST + (random_state >> 16) % PERIOD_SPREAD;
    armed_at = bsp_instructions();
    bsp_timer_start(armed_for, false, probe);
}

static void probe(void) {
    uint32_t late = bsp_instructions() - armed_at - armed_for;
    latest = late > latest ? late : latest;
    samples++;
    arm();
}

static void spin(void) {
    for (volatile uint32_t i = 0; i < 20000; i++) {
    }
}

static uint32_t measure(void (*work)(void)) {
    latest = 0;
    arm();
    work();
    bsp_timer_stop();
    return latest;
}

/* ---- the shapes ---- */

static MOAT_ROOT(struct node) kept;
static MOAT_ROOT(struct node *) slots; /* a large array of them */

struct one_slot {
    MOAT_REF(struct node) slot;
};
MOAT_TYPE(slot_type, struct one_slot, slot);

static void list(void) {
    for (int i = 0; i < 150; i++) {
        (void)node_push(&kept);
    }
}

/* Complete: the bits of a node's number tell the way to it. */
static void tree(void) {
    MOAT_STORE(kept, node_new());
    for (int i = 0; i < 120; i++) {
        struct node *parent = kept, *made = node_new();
        for (uint32_t path = (uint32_t)i + 2; path > 3; path >>= 1) {
            parent = (path & 1u) == 0 || parent->b == NULL ? parent->a : parent->b;
        }
        if (parent->a == NULL) {
            MOAT_STORE(parent->a, made);
        } else {
            MOAT_STORE(parent->b, made);
        }
    }
}

static void large_array(void) {
    enum { COUNT = 1000 };
    MOAT_STORE(slots, moat_new_array(&slot_type, COUNT));
    for (int i = 0; i < COUNT; i += 8) {
        MOAT_STORE(slots[i], node_new());
    }
}

/* Pointers into objects, which are looked up, in the middle of what the loop scans at once. */
static void interior_pointers(void) {
    enum { COUNT = 1000, AT_ONCE = 24, FIRST = 7, SOME = 3 };
    struct node *node = node_new();
    MOAT_STORE(slots, moat_new_array(&slot_type, COUNT));
    for (int i = 0; i < COUNT; i++) {
        if ((unsigned)(i % AT_ONCE - FIRST) < SOME) {
            MOAT_STORE(slots[i], (struct node *)(void *)((unsigned char *)node + MOAT_WORD_BYTES));
        }
    }
}

static void all_dead(void) {
    node_overwrite_free(ARENA_BYTES);
}

static void checkerboard(void) {
    for (int i = 0; i < 120; i++) {
        (void)node_push(&kept);
        (void)node_new();
    }
}

struct flexible {
    uint32_t count;
    MOAT_REF(struct node) tail[];
};
MOAT_TYPE_FLEX(flexible_type, struct flexible, MOAT_TAIL_SLOTS(struct flexible, tail));

/* Its length is looked up before its tail is. */
static void flexible(void) {
    enum { COUNT = 1000 }; /* a stale word may keep another shape's objects */
    struct flexible *made = moat_new_flex(&flexible_type, COUNT);
    MOAT_STORE(kept, node_new());
    MOAT_STORE(kept->a, (struct node *)(void *)made);
}

/* Elements of many bitmap words: where the next one ends is looked up. */
struct huge {
    MOAT_REF(struct node) slot;
    moat_word rest[400];
};
MOAT_TYPE(huge_type, struct huge, slot);

static void huge_elements(void) {
    enum { COUNT = 2 };
    struct huge *made = moat_new_array(&huge_type, COUNT);
    MOAT_STORE(kept, node_new());
    MOAT_STORE(kept->a, (struct node *)(void *)made);
    for (int i = 0; i < COUNT; i++) {
        MOAT_STORE(made[i].slot, node_new());
    }
}

/* Finalizable objects, whose list is walked when marking ends. */
struct ends {
    uint32_t number;
};

static void finalize_ends(void *object) {
    (void)object;
}
MOAT_TYPE_FINALIZED(ends_type, struct ends, finalize_ends);

static void finalizable(void) {
    for (int i = 0; i < 120; i++) {
        (void)node_push(&kept);
        struct ends *ends = moat_new(&ends_type);
        MOAT_STORE(kept->a, (struct node *)(void *)ends);
    }
}

/* Works as a firmware does: allocates small and large, stores, and so drives the collector; then a whole collection. */
static void work(void) {
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 40; i++) {
            struct node *node = node_new();
            struct node *nodes = node_new_array(1 + (size_t)i % 20);
            if (node == NULL || nodes == NULL) {
                test_fail(__FILE__, __LINE__, "no memory");
                return;
            }
            MOAT_STORE(node->a, nodes);
            MOAT_SWAP(node->a, node->b);
            MOAT_MOVE(node_type, &nodes[0], node);
        }
        (void)moat_gc_collect();
        /* A whole cycle in one call. */
        moat_heap.cycle.requested = true;
        CHECK_EQUAL(moat_gc_step(SIZE_MAX), 0);
    }
}

static void run(void (*shape)(void)) {
    if (unmasked == 0) {
        unmasked = measure(spin);
    }
    MOAT_CLEAR(kept);
    MOAT_CLEAR(slots);
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    moat_heap.stats.slice_clock_max = 0;
    samples = 0;
    shape();
    uint32_t late = measure(work);
    uint32_t longest = late > unmasked ? late - unmasked : 0;
    CHECK_HEAP();
    test_note("samples", samples);
    test_note("longest stretch with interrupts masked, in instructions", longest);
#if MOAT_CONFIG_SLICE_CLOCK
    test_note("longest slice by the port's clock, which counts itself", moat_heap.stats.slice_clock_max);
#endif
    CHECK(samples > 1000);
    CHECK(longest > 20);
    CHECK(longest <= BOUND);
}

#define SHAPE_CASE(shape)                                                                                              \
    static void masked_with_##shape(void) {                                                                            \
        run(shape);                                                                                                    \
    }

SHAPE_CASE(list)
SHAPE_CASE(tree)
SHAPE_CASE(large_array)
SHAPE_CASE(interior_pointers)
SHAPE_CASE(all_dead)
SHAPE_CASE(checkerboard)
SHAPE_CASE(finalizable)
SHAPE_CASE(flexible)
SHAPE_CASE(huge_elements)

static bool started;

static void heap_starts(void) {
    CHECK(started);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(masked_with_list),
    TEST_CASE(masked_with_tree),
    TEST_CASE(masked_with_large_array),
    TEST_CASE(masked_with_interior_pointers),
    TEST_CASE(masked_with_all_dead),
    TEST_CASE(masked_with_checkerboard),
    TEST_CASE(masked_with_finalizable),
    TEST_CASE(masked_with_flexible),
    TEST_CASE(masked_with_huge_elements),
};

int main(void) {
    started = node_heap_start(ARENA_BYTES);
    return TEST_MAIN(cases);
}
