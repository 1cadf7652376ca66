/* Pointers that only a compiler could have made: in a register alone, right past the end, right before the start.
 * Objects so held are kept through whole collections, with a handler that allocates meanwhile; slots in the heap, which
 * are precise, keep nothing by such a pointer.
 *
 * SPDX-License-Identifier: MIT */
#include "space/granule.h"
#include "harness.h"
#include "mark/mark.h"
#include "cpu.h"
#include "support/loops.h"
#include "support/node.h"

#include <bsp.h>
#include <moat.h>

#define ARENA_BYTES (NODE_ARENA_BYTES / 2)
#define INTERRUPT_PERIOD 1999u
#define LIST_NODES 100
#define PATTERN ((uintptr_t)0x51e7c0de)

struct array {
    uintptr_t words[LOOP_WORDS];
};
MOAT_TYPE(array_type, struct array);

/* ---- the handler: allocates, and keeps a list that it looks through ---- */

static MOAT_ROOT(struct node) handled;
static uint32_t handled_count, interrupts;

static void interrupt(void) {
    uint32_t length = 0;
    interrupts++;
    for (const struct node *node = handled; node != NULL; node = node->next) {
        CHECK(node->serial != 0 && node->serial <= node_serial());
        length++;
    }
    CHECK_EQUAL(length, handled_count);
    if (length == 8) {
        MOAT_CLEAR(handled);
        handled_count = 0;
    }
    if (node_push(&handled)) {
        handled_count++;
    }
}

/* A cycle with an interrupt between its slices, then one, or two, with interrupts anywhere. */
static void collect(void) {
    moat_heap.cycle.requested = true;
    while (moat_gc_step(MOAT_CONFIG_SLICE_UNITS) == 1) {
        bsp_interrupt(interrupt);
    }
    bsp_timer_start(INTERRUPT_PERIOD, true, interrupt);
    (void)moat_gc_collect();
    bsp_timer_stop();
    node_overwrite_free(ARENA_BYTES);
}

/* ---- what the loops hold ---- */

#define SECRET ((uintptr_t)0x5a5a5a5a)
static uintptr_t secret; /* the array's address, disguised */

/* The array is followed by an object that nothing keeps: what lies behind its end changes hands. */
static __attribute__((noinline)) struct array *make_array(void) {
    struct array *array = MOAT_NEW(array_type);
    (void)node_new();
    secret = (uintptr_t)array ^ SECRET;
    return array;
}

uintptr_t *loop_make(void) {
    struct array *array = make_array();
    node_wash_stack();
    return array->words;
}

static uint32_t lost;

void loop_collect(void) {
    node_wash_stack();
    collect();
    struct moat_object object;
    if (!moat_object_find((void *)(secret ^ SECRET), &object) || object.start != (void *)(secret ^ SECRET) ||
        object.type != &array_type) {
        lost++;
    }
}

static uintptr_t sum_to(uintptr_t n) {
    return n * (n + 1) / 2;
}

static void run_loops(const struct loops *loops) {
    if (loops == NULL) {
        SKIP("this compiler is not installed, or the program was built without it");
    }
    lost = 0;
    CHECK_EQUAL(loops->words_up(), sum_to(LOOP_WORDS));
    CHECK_EQUAL(loops->words_before(), sum_to(LOOP_WORDS));
    CHECK_EQUAL(loops->words_past(), sum_to(LOOP_WORDS));
    CHECK_EQUAL(loops->pairs_before(), 2 * sum_to(LOOP_PAIRS));
    CHECK_EQUAL(loops->bytes_before(), sum_to(LOOP_BYTES));
    CHECK_EQUAL(loops->bytes_down(), sum_to(LOOP_BYTES));
    CHECK_EQUAL(loops->words_by_index(), sum_to(LOOP_WORDS));
    CHECK_EQUAL(lost, 0);
    CHECK_HEAP();
}

#define LOOPS_CASE(compiler)                                                                                           \
    extern const struct loops loops_##compiler __attribute__((weak));                                                  \
    static void loops_by_##compiler(void) {                                                                            \
        run_loops(&loops_##compiler);                                                                                  \
    }

LOOPS_CASE(gcc_Os)
LOOPS_CASE(gcc_O2)
LOOPS_CASE(gcc_O3)
LOOPS_CASE(clang_Os)
LOOPS_CASE(clang_O2)
LOOPS_CASE(clang_O3)

/* ---- a register alone ---- */

static void *make_marked(void) {
    struct array *array = make_array();
    for (size_t i = 0; array != NULL && i < LOOP_WORDS; i++) {
        array->words[i] = PATTERN + i;
    }
    return array;
}

static void a_register_alone_holds_an_object(void) {
    for (size_t i = 0; i < cpu_hold_count; i++) {
        lost = 0;
        const struct array *array = cpu_holds[i](make_marked, loop_collect);
        CHECK_EQUAL(lost, 0);
        for (size_t k = 0; k < LOOP_WORDS; k++) {
            CHECK_EQUAL(array->words[k], PATTERN + k);
        }
    }
    CHECK_HEAP();
    test_note("registers", (int64_t)cpu_hold_count);
}

static void the_handler_ran(void) {
    CHECK(interrupts >= 100);
    test_note("interrupts", interrupts);
}

/* ---- words of a stack, one by one ---- */

/* The stack of a task that never runs: one word. */
static uintptr_t word[1];

/* Two neighbours, disguised: so long that the middle of one is out of reach from the other. */
static uintptr_t first, second;

struct wide {
    uintptr_t words[3 * MOAT_NEAR_BYTES / sizeof(uintptr_t) - 1];
};
MOAT_TYPE(wide_type, struct wide);

static __attribute__((noinline)) bool is_kept(uintptr_t disguised) {
    struct moat_object object;
    void *start = (void *)(disguised ^ SECRET);
    return moat_object_find(start, &object) && object.start == start && object.type == &wide_type;
}

/* In a heap without holes, two objects made one after the other are neighbours; one pair may have a chunk's end between
 * them. */
static __attribute__((noinline)) void make_neighbours(void) {
    struct wide *a, *b;
    int tries = 0;
    do {
        a = MOAT_NEW(wide_type);
        b = MOAT_NEW(wide_type);
        CHECK(a != NULL && b != NULL && ++tries < 100);
    } while ((uintptr_t)b - (uintptr_t)a != wide_type.extent);
    first = (uintptr_t)a ^ SECRET;
    second = (uintptr_t)b ^ SECRET;
    for (int i = 0; i < 4; i++) { /* the chunk moves on: its place may well be on core's stack */
        CHECK(node_new() != NULL);
    }
}

/* Whether the neighbours are kept if a stack's only word is at `offset` bytes from the second's header. */
static void hold_word(intptr_t offset, bool first_kept, bool second_kept) {
    make_neighbours();
    CHECK(!test_failed());
    node_wash_stack();
    word[0] = (second ^ SECRET) - MOAT_WORD_BYTES + (uintptr_t)offset;
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(is_kept(first), first_kept);
    CHECK_EQUAL(is_kept(second), second_kept);
    CHECK_HEAP();
    word[0] = 0;
}

static void a_word_in_a_header_keeps_both_neighbours(void) {
    for (intptr_t i = 0; i < (intptr_t)MOAT_WORD_BYTES && !test_failed(); i++) {
        hold_word(i, true, true);
    }
}

/* Past an object its reach is the same for all, before it that of its own length: a word in the neighbour before it
 * keeps it as well, but for a pointer to that neighbour's start, which most words are. */
static void a_word_keeps_all_within_its_reach(void) {
    const intptr_t near = (intptr_t)MOAT_NEAR_BYTES, word_bytes = MOAT_WORD_BYTES,
                   start_of_first = word_bytes - (intptr_t)wide_type.extent;
    hold_word(start_of_first, true, false);
    for (intptr_t offset = start_of_first + word_bytes; offset <= near + 2 && !test_failed(); offset += 7) {
        hold_word(offset, offset <= near, true);
    }
    CHECK(!test_failed());
    hold_word(near, true, true);
    CHECK(!test_failed());
    hold_word(near + 1, false, true);
}

static void no_word_keeps_nothing(void) {
    make_neighbours();
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(!is_kept(first) && !is_kept(second));
}

/* ---- slots ---- */

static MOAT_ROOT(struct node) holder;

/* A slot of an object and a root hold the address right past the first, which is the second's header. */
static __attribute__((noinline)) void point_between(intptr_t offset) {
    make_neighbours();
    CHECK(!test_failed());
    MOAT_STORE(holder, node_new());
    CHECK(holder != NULL);
    MOAT_STORE(holder->a, (struct node *)((second ^ SECRET) - MOAT_WORD_BYTES + (uintptr_t)offset));
}

static void a_slot_keeps_nothing_by_an_end_pointer(void) {
    for (intptr_t i = 0; i < (intptr_t)MOAT_WORD_BYTES; i++) {
        point_between(i);
        CHECK(!test_failed());
        node_wash_stack();
        CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
        CHECK(!is_kept(first));
        CHECK(!is_kept(second));
        CHECK_HEAP();
    }
    point_between(MOAT_WORD_BYTES + 1);
    CHECK(!test_failed());
    node_wash_stack();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK(!is_kept(first) && is_kept(second));
    MOAT_CLEAR(holder);
    CHECK_HEAP();
}

/* A number in the low bits of a pointer, which then points into its object. */
static __attribute__((noinline)) void tag(uintptr_t number) {
    MOAT_STORE(holder, node_new());
    CHECK(holder != NULL && node_push(&holder->a) && node_push(&holder->a));
    MOAT_STORE(holder->a, (struct node *)((uintptr_t)holder->a | number));
}

static void a_slot_keeps_by_a_pointer_with_a_tag(void) {
    for (uintptr_t number = 1; number < MOAT_WORD_BYTES; number++) {
        tag(number);
        CHECK(!test_failed());
        node_wash_stack();
        CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
        node_overwrite_free(ARENA_BYTES);
        const struct node *first_node = (const struct node *)((uintptr_t)holder->a - number);
        CHECK_EQUAL(first_node->serial, holder->serial + 2);
        CHECK_EQUAL(first_node->next->serial, holder->serial + 1);
        CHECK_HEAP();
    }
    MOAT_CLEAR(holder);
}

/* ---- a frame that is gone ---- */

static MOAT_ROOT(struct node) list;

static uint32_t free_bytes(void) {
    struct moat_stats stats = {0};
    (void)moat_stats_get(&stats);
    return (uint32_t)stats.free_bytes;
}

static __attribute__((noinline)) void build_and_drop(void) {
    for (int i = 0; i < LIST_NODES; i++) {
        CHECK(node_push(&list));
    }
    MOAT_CLEAR(list);
}

/* The README's advice. */
static void a_list_of_a_function_that_returned_is_freed(void) {
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    uint32_t before = free_bytes();
    build_and_drop();
    CHECK_EQUAL(moat_gc_collect(), MOAT_OK);
    CHECK_EQUAL(free_bytes(), before);
}

static bool started;

static void heap_starts(void) {
    CHECK(started);
    CHECK_EQUAL(array_type.extent, MOAT_WORD_BYTES + LOOP_BYTES);
}

static const struct test_case cases[] = {
    TEST_CASE(heap_starts),
    TEST_CASE(no_word_keeps_nothing),
    TEST_CASE(a_word_in_a_header_keeps_both_neighbours),
    TEST_CASE(a_word_keeps_all_within_its_reach),
    TEST_CASE(a_slot_keeps_nothing_by_an_end_pointer),
    TEST_CASE(a_slot_keeps_by_a_pointer_with_a_tag),
    TEST_CASE(a_list_of_a_function_that_returned_is_freed),
    TEST_CASE(a_register_alone_holds_an_object),
    TEST_CASE(loops_by_gcc_Os),
    TEST_CASE(loops_by_gcc_O2),
    TEST_CASE(loops_by_gcc_O3),
    TEST_CASE(loops_by_clang_Os),
    TEST_CASE(loops_by_clang_O2),
    TEST_CASE(loops_by_clang_O3),
    TEST_CASE(the_handler_ran),
};

int main(void) {
    started = node_heap_start_with(ARENA_BYTES, word, sizeof word);
    node_wash_stack(); /* where the arena's first address is left, to be part of the harness's frames */
    return TEST_MAIN(cases);
}
