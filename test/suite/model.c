/* A random firmware against a shadow of its heap: after each operation every invariant holds and what is reachable is
 * intact; after a whole collection nothing else is left. Handlers with graphs of their own work inside the operations
 * (support/meddler.h), tasks hold objects on their stacks (support/holders.h), arenas come, at odd addresses too, and
 * the out-of-memory hook lets go of some.
 *
 * The same seed (make test SEED=...) makes the same run.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "shadow.h"
#include "support/holders.h"
#include "support/meddler.h"

#include <bsp.h>
#include <moat.h>
#include <string.h>

#ifdef __linux__
#define ARENA_BYTES ((size_t)3 << 20)
#define OPERATIONS 4000
#else
#define ARENA_BYTES ((size_t)64 << 10)
#define OPERATIONS 1500
#endif
#if MOAT_CONFIG_STRESS_COLLECT || MOAT_CONFIG_CHECK_BARRIER
#define FEWER 8
#else
#define FEWER 1
#endif

/* A stale word on the stack or in a register keeps an object and what it refers to. */
#define EXTRAS_MAX 40

FRESH_ARENA(first, ARENA_BYTES);
FRESH_ARENA(second, 16384);

/* Anchors: static slots, the slots of a root that comes and goes, a pin, handles, and tasks' stacks. */
enum {
    STATIC = 0,
    STATICS = 32,
    BLOCK = STATICS,
    BLOCKS = 4,
    PIN = BLOCK + 2 * BLOCKS,
    HANDLE,
    HANDLES = 4,
    HELD = HANDLE + HANDLES
};
_Static_assert(HELD + HOLDERS <= SHADOW_ANCHORS, "anchors");

/* Arenas that come while the firmware runs: parts of `second`. */
#define ARENA_PARTS 3u
#define ARENA_CHANCE 100u

static MOAT_ROOT(void) statics[STATICS];
static struct shadow_node block[BLOCKS];
static bool block_added;
static uint32_t handles[HANDLES];

static unsigned arenas_to_come;

static unsigned failed_allocations, hook_calls;
static unsigned large_words;
static unsigned scale; /* of raw bytes, so that a large arena fills up as a small one does */

/* ---- places ---- */

/* A slot in the heap or outside, and its shadow. */
struct place {
    moat_slot *slot;
    struct shadow_edge *edge;
};

static struct place anchor_place(unsigned anchor) {
    moat_slot *slot = anchor < BLOCK ? MOAT_SLOT_(statics[anchor])
                                     : MOAT_SLOT_(block[(anchor - BLOCK) / 2].slot[(anchor - BLOCK) % 2]);
    return (struct place){slot, shadow_anchor(anchor)};
}

static struct place random_anchor(void) {
    return anchor_place(test_random_below(block_added ? (uint32_t)PIN : (uint32_t)STATICS));
}

static struct place random_place(void) {
    unsigned object = shadow_pick();
    if (object == SHADOW_NONE || shadow_slots(object) == 0 || test_random_below(3) == 0) {
        return random_anchor();
    }
    unsigned slot = test_random_below(shadow_slots(object));
    return (struct place){shadow_slot(object, slot), shadow_edge(object, slot)};
}

/* An edge to a reachable object, now and then to its inside, or to none. */
static struct shadow_edge random_edge(void) {
    unsigned object = shadow_pick();
    uint16_t offset = object != SHADOW_NONE && test_random_below(4) == 0 ? (uint16_t)MOAT_WORD_BYTES : 0;
    return (struct shadow_edge){(uint16_t)object, offset};
}

static void store(struct place place, struct shadow_edge edge) {
    void *value = shadow_value(edge);
    void *old = *place.slot;
    switch (test_random_below(5)) {
    case 0:
        CHECK_POINTER(MOAT_EXCHANGE(*place.slot, value), old);
        break;
    case 1:
        CHECK(!MOAT_CAS(*place.slot, (void *)&old, value));
        CHECK(MOAT_CAS(*place.slot, old, value));
        break;
    case 2:
        MOAT_ATOMIC_STORE(*place.slot, value);
        break;
    default:
        MOAT_STORE(*place.slot, value);
        break;
    }
    *place.edge = edge;
}

/* ---- operations ---- */

static unsigned random_length(void) {
    uint32_t r = test_random_below(64);
    return r == 0 ? 1 + test_random_below(600) : 1 + test_random_below(r < 8 ? 120 : 16);
}

static void make(enum shadow_kind kind) {
    unsigned object = shadow_make(kind, kind == SHADOW_BYTES ? random_length() * scale : random_length());
    if (object == SHADOW_NONE) {
        failed_allocations++;
        return;
    }
    for (unsigned i = 0; i < shadow_slots(object); i++) {
        struct shadow_edge edge = random_edge();
        if (test_random_below(2) == 0) {
            MOAT_INIT(*shadow_slot(object, i), shadow_value(edge));
            *shadow_edge(object, i) = edge;
        }
    }
    store(random_place(), (struct shadow_edge){(uint16_t)object, 0});
}

static void make_any(void) {
    make((enum shadow_kind)test_random_below(SHADOW_KINDS));
}

/* Half of the first arena: there may be no such run, or not so much. */
static void make_large(void) {
    if (test_random_below(4) == 0) {
        unsigned object = shadow_make(SHADOW_BYTES, large_words + test_random_below(large_words / 2));
        if (object == SHADOW_NONE) {
            failed_allocations++;
        } else {
            store(random_anchor(), (struct shadow_edge){(uint16_t)object, 0});
        }
    }
}

static void link(void) {
    store(random_place(), random_edge());
}

static void drop(void) {
    struct place place = test_random_below(2) == 0 ? random_anchor() : random_place();
    MOAT_CLEAR(*place.slot);
    place.edge->object = SHADOW_NONE;
    place.edge->offset = 0;
}

static void swap(void) {
    struct place a = random_place(), b = random_place();
    struct shadow_edge edge = *a.edge;
    MOAT_SWAP(*a.slot, *b.slot);
    *a.edge = *b.edge;
    *b.edge = edge;
}

static bool is_node(unsigned object) {
    return object != SHADOW_NONE && (shadow_kind(object) == SHADOW_NODE || shadow_kind(object) == SHADOW_FINALIZED);
}

static void move_node(void) {
    unsigned to = shadow_pick(), from = shadow_pick();
    if (!is_node(to) || !is_node(from)) {
        return;
    }
    struct shadow_node *target = shadow_address(to), *source = shadow_address(from);
    if (test_random_below(2) == 0) {
        CHECK_EQUAL(MOAT_MOVE(shadow_node_type, target, source), MOAT_OK);
        *shadow_edge(to, 0) = *shadow_edge(from, 0);
    } else {
        CHECK_EQUAL(
            MOAT_MOVE_PART(shadow_node_type, target, source, offsetof(struct shadow_node, slot[1]), MOAT_WORD_BYTES),
            MOAT_OK);
    }
    *shadow_edge(to, 1) = *shadow_edge(from, 1);
    shadow_sign(to);
}

static void zero_node(void) {
    unsigned object = shadow_pick();
    if (is_node(object)) {
        struct shadow_node *node = shadow_address(object);
        CHECK_EQUAL(MOAT_ZERO(shadow_node_type, node), MOAT_OK);
        shadow_edge(object, 0)->object = SHADOW_NONE;
        shadow_edge(object, 1)->object = SHADOW_NONE;
        shadow_sign(object);
    }
}

/* Elements shift within one array: the ranges overlap, either way. */
static void shift_array(void) {
    unsigned object = shadow_pick();
    if (object == SHADOW_NONE || shadow_kind(object) != SHADOW_ARRAY) {
        return;
    }
    unsigned slots = shadow_slots(object);
    unsigned count = 1 + test_random_below(slots);
    unsigned to = test_random_below(slots - count + 1), from = test_random_below(slots - count + 1);
    struct shadow_element *elements = shadow_address(object);
    CHECK_EQUAL(MOAT_MOVE_ARRAY(shadow_element_type, &elements[to], &elements[from], count), MOAT_OK);
    memmove(shadow_edge(object, to), shadow_edge(object, from), count * sizeof(struct shadow_edge));
    shadow_sign(object);
}

static void change_pin(void) {
    struct shadow_edge *pin = shadow_anchor(PIN);
    if (pin->object != SHADOW_NONE) {
        CHECK_EQUAL(moat_unpin(shadow_address(pin->object)), MOAT_OK);
        pin->object = SHADOW_NONE;
        return;
    }
    unsigned object = shadow_pick();
    if (object != SHADOW_NONE) {
        CHECK_EQUAL(moat_pin(shadow_address(object)), MOAT_OK);
        pin->object = (uint16_t)object;
    }
}

static void change_handle(void) {
    unsigned i = test_random_below(HANDLES);
    struct shadow_edge *anchor = shadow_anchor(HANDLE + i);
    if (anchor->object != SHADOW_NONE) {
        CHECK_POINTER(moat_handle_get(handles[i]), shadow_address(anchor->object));
        CHECK_EQUAL(moat_handle_delete(handles[i]), MOAT_OK);
        anchor->object = SHADOW_NONE;
        return;
    }
    unsigned object = shadow_pick();
    if (object != SHADOW_NONE) {
        handles[i] = moat_handle_new(shadow_address(object));
        CHECK(handles[i] != 0);
        anchor->object = (uint16_t)object;
    }
}

/* Added empty or full, removed as it is. */
static void change_block(void) {
    if (block_added) {
        CHECK_EQUAL(moat_root_remove(block), MOAT_OK);
        for (unsigned i = 0; i < 2 * BLOCKS; i++) {
            shadow_anchor(BLOCK + i)->object = SHADOW_NONE;
        }
    } else {
        memset((void *)block, 0, sizeof block);
        struct shadow_edge edge = random_edge();
        MOAT_RAW(block[1].slot[0]) = shadow_value(edge);
        *shadow_anchor(BLOCK + 2) = edge;
        CHECK_EQUAL(moat_root_add(block, &shadow_node_type, BLOCKS), MOAT_OK);
    }
    block_added = !block_added;
}

/* Passed on through a slot, since no barrier sees what goes from one stack to another. */
static void change_holder(void) {
    unsigned i = test_random_below(HOLDERS);
    struct shadow_edge *held = shadow_anchor(HELD + i);
    if (!holders_is_added(i)) {
        holders_add(i);
    } else if (held->object != SHADOW_NONE) {
        holders_resume(i);
        held->object = SHADOW_NONE;
    } else if (test_random_below(3) == 0) {
        holders_remove(i);
    } else {
        struct shadow_edge edge = {(uint16_t)shadow_pick(), 0};
        MOAT_STORE(holders_mailbox, shadow_value(edge));
        holders_resume(i);
        *held = edge;
        if (edge.object == SHADOW_NONE) {
            holders_resume(i);
        }
    }
}

/* Their stacks have stale words. */
static void remove_holders(void) {
    for (unsigned i = 0; i < HOLDERS; i++) {
        if (holders_is_added(i)) {
            holders_remove(i);
            shadow_anchor(HELD + i)->object = SHADOW_NONE;
        }
    }
}

/* The first begins at any byte. */
static void add_arena(void) {
    if (arenas_to_come != 0 && test_random_below(ARENA_CHANCE) == 0) {
        size_t part = sizeof second.bytes / ARENA_PARTS, odd = test_random_below(64);
        arenas_to_come--;
        CHECK_EQUAL(moat_arena_add(second.bytes + arenas_to_come * part + odd, part - odd), MOAT_OK);
    }
}

static bool let_go(size_t bytes) {
    (void)MOAT_NEW_BYTES(bytes); /* it is not asked again for that */
    hook_calls++;
    for (unsigned i = 0; i < STATICS; i++) {
        if (test_random_below(2) == 0) {
            MOAT_CLEAR(statics[i]);
            shadow_anchor(i)->object = SHADOW_NONE;
        }
    }
    return test_random_below(4) != 0;
}

static void step(void) {
    int result = moat_gc_step(1 + test_random_below(60));
    CHECK(result == 0 || result == 1);
}

static void collect(void) {
    if (test_random_below(40) == 0) {
        CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    }
}

static void in_handler(void) {
    make(SHADOW_NODE);
    link();
}

static void interrupt(void) {
    bsp_interrupt(in_handler);
}

void model_finalizer(void *object);
void model_finalizer(void *object) {
    CHECK(moat_heap.finalizers.running);
    unsigned entry = shadow_finalized(object);
    if (entry == SHADOW_NONE) {
        return;
    }
    if (test_random_below(4) == 0) {
        (void)MOAT_NEW(shadow_node_type);
    }
    if (test_random_below(4) == 0) {
        struct place place = random_anchor();
        MOAT_STORE(*place.slot, object);
        *place.edge = (struct shadow_edge){(uint16_t)entry, 0};
        shadow_resurrected(entry);
    }
}

/* ---- the run ---- */

static void operate(void) {
    static void (*const operations[])(void) = {
        make_any,     make_any, make_any, make_any, make_any,  link,          link,        link,       drop,
        drop,         drop,     drop,     swap,     move_node, zero_node,     shift_array, change_pin, change_handle,
        change_block, step,     step,     collect,  interrupt, change_holder, make_large,  add_arena,
    };
    bool meddled = test_random_below(2) == 0;
    if (meddled) {
        meddler_arm();
    }
    operations[test_random_below(sizeof operations / sizeof operations[0])]();
    if (meddled) {
        meddler_disarm();
    }
}

static __attribute__((noinline)) void settle(void) {
    unsigned extras = 0;
    CHECK(shadow_settle(&extras));
    if (extras != 0) {
        test_note("unreachable objects that a stale word kept", (int64_t)extras);
        CHECK(extras <= EXTRAS_MAX);
    }
}

static void drop_all(void) {
    for (unsigned i = 0; i < (block_added ? (unsigned)PIN : (unsigned)STATICS); i++) {
        MOAT_CLEAR(*anchor_place(i).slot);
        shadow_anchor(i)->object = SHADOW_NONE;
    }
}

static __attribute__((noinline)) void run_operations(unsigned count) {
    for (unsigned i = 0; i < count && !test_failed(); i++) {
        operate();
        CHECK_HEAP();
        CHECK(i % 32 != 0 || shadow_holds());
    }
}

static void run(size_t bytes, unsigned arenas, unsigned operations) {
    CHECK(fresh_heap(first.bytes, bytes));
    arenas_to_come = arenas;
    shadow_begin();
    holders_begin();
    meddler_begin(test_random() | 1u);
    block_added = false;
    memset((void *)block, 0, sizeof block);
    failed_allocations = hook_calls = 0;
    large_words = (unsigned)(bytes / 2 / MOAT_WORD_BYTES);
    scale = bytes <= 8192 ? 1 : (unsigned)(bytes >> 11);
    for (unsigned done = 0; done < operations; done += 250) {
        (void)moat_out_of_memory_hook_set(done / 250 % 2 == 0 ? let_go : NULL);
        run_operations(250);
        meddler_drop();
        remove_holders();
        collect_all();
        settle();
        CHECK(!test_failed());
        CHECK_HEAP();
        if (test_random_below(4) == 0) {
            drop_all();
        }
    }
    test_note("cycles", moat_heap.stats.cycles);
    test_note("allocations that failed", failed_allocations);
    test_note("calls of the hook", hook_calls);
    test_note("handlers' work", meddler_runs());
    CHECK(meddler_runs() != 0);
}

static void in_8_kib(void) {
    run(8 << 10, 0, OPERATIONS / FEWER);
}

static void in_16_kib(void) {
    run(16 << 10, 0, OPERATIONS / FEWER);
}

static void in_32_kib(void) {
    run(32 << 10, 0, OPERATIONS / FEWER);
}

static void in_64_kib(void) {
    run(64 << 10, 0, OPERATIONS / FEWER);
}

static void in_arenas_that_come(void) {
    run(16 << 10, ARENA_PARTS, OPERATIONS / FEWER);
}

static void in_3_mib(void) {
#ifdef __linux__
    run(ARENA_BYTES, 0, OPERATIONS / FEWER / 4);
#else
    SKIP("the board's RAM is smaller");
#endif
}

static const struct test_case cases[] = {
    TEST_CASE(in_8_kib),  TEST_CASE(in_16_kib),           TEST_CASE(in_32_kib),
    TEST_CASE(in_64_kib), TEST_CASE(in_arenas_that_come), TEST_CASE(in_3_mib),
};

int main(void) {
    return TEST_MAIN(cases);
}
