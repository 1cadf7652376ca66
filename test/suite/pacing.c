/* Pacing: an adversary that keeps exactly as much alive as docs/pacing.md promises for, and replaces it without end, is
 * never refused, never waits for a whole marking, and no allocation of it does more work than the formula there allows.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"

#include "heap/cycle.h"
#include "heap/pace.h"
#include "space/granule.h"

#include <moat.h>

#define ARENA_BYTES (16 * 1024 * sizeof(void *))
#define OBJECTS 3000
#define CYCLES 25
#define GROWING 4 /* cycles that the formula has to see before it is held to its bound */

/* docs/pacing.md: what marking may take more than last time; granules that one payment is for at most. */
#define MARGIN 8u
#define PAYMENT_GRANULES 8u

FRESH_ARENA(arena, ARENA_BYTES);
struct reference {
    MOAT_REF(void) to;
};
MOAT_TYPE(reference_type, struct reference, to);

/* All that lives hangs from one array, oldest first, from `oldest` on, in a ring. */
static MOAT_ROOT(void *) live;
static uint16_t extents[OBJECTS]; /* bytes, header and padding included */
static uint32_t oldest, count;
static size_t live_bytes;

struct adversary {
    unsigned over_plan;    /* times what the cycle's start planned for each payment that one may do; 0: any */
    unsigned percent;      /* of what objects can use that is kept alive, at all times */
    size_t (*bytes)(void); /* of the next request */
    bool leaves;           /* objects are raw bytes; else arrays all of whose slots refer to the object itself */
    bool drops_at_start;   /* all that lives dies when a cycle has begun */
    bool any_order;        /* what dies is chosen by chance, not by age */
    bool outgrows_holes; /* all holes can be too small for a request while memory is free: it is served, and no more */
};

static struct {
    uint32_t units;   /* most in one allocation */
    uint32_t allowed; /* where it was furthest above it or least below, in units */
    int32_t excess;
    unsigned whole; /* cycles of which one allocation did all the marking */
    uint32_t plan;  /* units that each payment would have to do, as the running cycle's start had it */
} seen;

static uint32_t place(uint32_t index) {
    return (oldest + index) % OBJECTS;
}

static void drop(uint32_t index) {
    uint32_t from = place(0), to = place(index);
    live_bytes -= extents[to];
    MOAT_STORE(live[to], live[from]);
    extents[to] = extents[from];
    MOAT_CLEAR(live[from]);
    oldest = place(1);
    count--;
}

static uint32_t granules_of(size_t bytes) {
    return moat_granules(MOAT_EXTENT_(bytes));
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* When a cycle has begun: the work that is planned, over the payments that the reserve has room for. */
static void note_plan(void) {
    const struct moat_pace *pace = &moat_heap.pace;
    uint32_t planned = pace->expected_work + pace->expected_work / MARGIN;
    uint32_t room = pace->usable > pace->sweep_reserve ? pace->usable - pace->sweep_reserve : 0;
    seen.plan = planned / (room * 16 / pace->mean + 1);
}

/* The units that docs/pacing.md allows one allocation. */
static uint32_t payment(const struct adversary *adversary, uint32_t granules) {
    uint32_t units = larger(MOAT_CONFIG_PACE, seen.plan * adversary->over_plan);
    return units * larger(granules, PAYMENT_GRANULES) / PAYMENT_GRANULES;
}

/* The collector's work: where marking stood, how much of that was done, and all slices so far. */
struct stand {
    enum moat_phase phase;
    uint32_t cycle, work, slices;
};

static struct stand stand(void) {
    return (struct stand){moat_heap.cycle.phase, moat_heap.cycle.number, moat_heap.pace.work, moat_heap.stats.slices};
}

/* The units done since then. Marking counts its own, and a slice of it may end before a step that it has no room for;
 * the sweep is taken for two a word, and is counted by slices where it does not begin here, or a cycle does. */
static uint32_t units_since(const struct stand *before) {
    if (before->phase != MOAT_PHASE_MARK || before->cycle != moat_heap.cycle.number) {
        return (moat_heap.stats.slices - before->slices) * MOAT_CONFIG_SLICE_UNITS;
    }
    uint32_t all = moat_arena_words(moat_heap.arenas.table[0]);
    uint32_t swept = moat_heap.sweep.arena != NULL ? moat_heap.sweep.word : all;
    return moat_heap.pace.work - before->work + (moat_heap.cycle.phase == MOAT_PHASE_MARK ? 0 : 2 * swept);
}

/* An allocation has done so many. */
static void note(const struct adversary *adversary, size_t bytes, uint32_t units) {
    uint32_t allowed =
        payment(adversary, granules_of(bytes)) + MOAT_CONFIG_SLICE_UNITS; /* the last slice is a whole one */
    int32_t excess = (int32_t)units - (int32_t)allowed;
    seen.units = units > seen.units ? units : seen.units;
    seen.allowed = excess > seen.excess ? allowed : seen.allowed;
    seen.excess = excess > seen.excess ? excess : seen.excess;
}

static __attribute__((noinline)) bool make(const struct adversary *adversary, size_t bytes) {
    const struct stand before = stand();
    uint32_t cycle = moat_heap.cycle.number;
    size_t slots = bytes / sizeof(void *);
    void **object = adversary->leaves ? moat_new_bytes(bytes) : moat_new_array(&reference_type, slots);
    if (object == NULL) {
        return false;
    }
    seen.whole += moat_heap.cycle.number != cycle && moat_heap.cycle.phase != MOAT_PHASE_MARK;
    if (cycle > GROWING) {
        note(adversary, bytes, units_since(&before));
    }
    if (moat_heap.cycle.number != cycle) {
        note_plan();
    }
    for (size_t i = 0; i < slots && !adversary->leaves; i++) {
        MOAT_STORE(object[i], object);
    }
    uint32_t at = place(count++);
    MOAT_STORE(live[at], (void *)object);
    extents[at] = (uint16_t)MOAT_EXTENT_(bytes);
    live_bytes += extents[at];
    return true;
}

static bool start(void) {
    oldest = count = 0;
    live_bytes = 0;
    seen.units = seen.allowed = seen.whole = seen.plan = 0;
    seen.excess = INT32_MIN;
    if (!fresh_heap(arena.bytes, sizeof arena.bytes)) {
        return false;
    }
    MOAT_STORE(live, moat_new_array(&reference_type, OBJECTS));
    live_bytes = MOAT_EXTENT_(OBJECTS * sizeof(void *));
    return live != NULL;
}

static void run(const struct adversary *adversary) {
    CHECK(start());
    const size_t most = moat_heap.stats.arena_bytes / 100 * adversary->percent;
    uint32_t cycle = 0, steps = 0;
    while (moat_heap.stats.cycles < CYCLES) {
        size_t bytes = adversary->bytes();
        while (count != 0 && (live_bytes + MOAT_EXTENT_(bytes) > most || count == OBJECTS)) {
            drop(adversary->any_order ? test_random_below(count) : 0);
        }
        while (adversary->drops_at_start && moat_heap.cycle.number != cycle && count != 0) {
            drop(0);
        }
        cycle = moat_heap.cycle.number;
        CHECK(make(adversary, bytes));
        steps++;
    }
    CHECK_HEAP();
    test_note("allocations", steps);
    test_note("reserve in granules", moat_heap.pace.reserve);
    test_note("most units in one allocation", seen.units);
    test_note("units over what is allowed, where they are most", seen.excess);
    test_note("allowed there", seen.allowed);
    CHECK_EQUAL(moat_heap.stats.out_of_memory, 0);
    if (!adversary->outgrows_holes) {
        CHECK_EQUAL(seen.whole, 0);
        CHECK(adversary->over_plan == 0 || seen.excess <= 0);
    }
}

/* ---- sizes ---- */

static size_t two_words(void) {
    return 2 * sizeof(void *);
}

static size_t sixty_four(void) {
    return 16 * sizeof(void *);
}

static size_t small(void) {
    return sizeof(void *) * (1 + test_random_below(15));
}

static size_t medium(void) {
    return test_random_below(8) == 0 ? sizeof(void *) * (50 + test_random_below(75)) : small();
}

static size_t large(void) {
    return test_random_below(64) == 0 ? ARENA_BYTES / 32 : sixty_four();
}

/* The marking before has learnt of requests, and that is wrong from its middle on. */
static size_t larger_in_the_middle(void) {
    bool second_half =
        moat_heap.cycle.phase == MOAT_PHASE_MARK && moat_heap.pace.work > moat_heap.pace.expected_work / 2;
    return second_half ? sixty_four() : two_words();
}

/* ---- cases ---- */

#define ADVERSARY(name, ...)                                                                                           \
    static void name(void) {                                                                                           \
        static const struct adversary adversary = {__VA_ARGS__};                                                       \
        run(&adversary);                                                                                               \
    }

ADVERSARY(small_ones, .over_plan = 8, .percent = 75, .bytes = two_words)
ADVERSARY(small_leaves, .over_plan = 3, .percent = 75, .bytes = two_words, .leaves = true)
ADVERSARY(small_ones_in_any_order, .over_plan = 8, .percent = 75, .bytes = two_words, .any_order = true)
ADVERSARY(small_ones_dead_at_the_start, .percent = 75, .bytes = two_words, .drops_at_start = true)
ADVERSARY(of_64_bytes, .over_plan = 9, .percent = 75, .bytes = sixty_four)
ADVERSARY(of_64_bytes_in_any_order, .over_plan = 9, .percent = 75, .bytes = sixty_four, .any_order = true)
ADVERSARY(of_64_bytes_dead_at_the_start, .percent = 75, .bytes = sixty_four, .drops_at_start = true)
ADVERSARY(up_to_64_bytes, .over_plan = 2, .percent = 65, .bytes = small)
ADVERSARY(up_to_64_bytes_in_any_order, .over_plan = 4, .percent = 40, .bytes = small, .any_order = true)
ADVERSARY(up_to_64_bytes_in_any_order_and_many, .percent = 60, .bytes = small, .any_order = true,
          .outgrows_holes = true)
ADVERSARY(larger_from_the_middle_of_marking, .over_plan = 15, .percent = 70, .bytes = larger_in_the_middle)
ADVERSARY(larger_from_the_middle_in_any_order, .percent = 60, .bytes = larger_in_the_middle, .any_order = true,
          .outgrows_holes = true)
ADVERSARY(up_to_500_bytes_in_any_order, .percent = 40, .bytes = medium, .any_order = true, .outgrows_holes = true)
ADVERSARY(large_and_small, .percent = 60, .bytes = large, .outgrows_holes = true)
ADVERSARY(large_and_small_dead_at_the_start, .percent = 60, .bytes = large, .drops_at_start = true,
          .outgrows_holes = true)

/* docs/pacing.md: a request for more granules than one payment is for pays for each of them; a part of it is paid by
 * those that follow. */
static void large_requests_pay_in_proportion(void) {
    CHECK(start());
    moat_cycle_start();
    uint32_t payment_units = moat_pace_units(1);
    CHECK_EQUAL(moat_pace_units(PAYMENT_GRANULES), payment_units);
    uint32_t own = moat_pace_units(10 * PAYMENT_GRANULES), all = own;
    for (unsigned i = 0; i < 40; i++) {
        all += moat_pace_units(1) - payment_units;
    }
    CHECK(own > 7 * payment_units && own < 8 * payment_units);
    CHECK(all > 9 * payment_units && all < 11 * payment_units);
    moat_cycle_finish();
}

/* A payment that is all that marking may need, and finds little to mark: the sweep is not what it was for. */
static void a_payment_that_ends_marking_sweeps_little(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    moat_cycle_start();
    moat_heap.pace.expected_work = 100000;
    moat_heap.pace.usable = 0;
    CHECK(MOAT_NEW_BYTES(sizeof(void *)) != NULL);
    CHECK_EQUAL(moat_heap.cycle.phase, MOAT_PHASE_SWEEP);
    CHECK(moat_heap.sweep.word <= MOAT_CONFIG_PACE);
    CHECK_HEAP();
}

/* As an idle loop does that has little time at once: what marking has done is not taken back, so the next cycle is
 * planned by it. */
static void steps_of_one_unit_count_as_work(void) {
    CHECK(fresh_heap(arena.bytes, sizeof arena.bytes));
    moat_cycle_start();
    uint32_t work = 0, steps = 0;
    while (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        CHECK(moat_gc_step(1) >= 0);
        CHECK(moat_heap.pace.work >= work);
        CHECK(++steps < 10000);
        work = moat_heap.pace.work;
    }
    moat_cycle_finish();
    CHECK(work <= steps);
}

static const struct test_case cases[] = {
    TEST_CASE(steps_of_one_unit_count_as_work),
    TEST_CASE(large_requests_pay_in_proportion),
    TEST_CASE(small_ones),
    TEST_CASE(small_leaves),
    TEST_CASE(small_ones_in_any_order),
    TEST_CASE(small_ones_dead_at_the_start),
    TEST_CASE(of_64_bytes),
    TEST_CASE(of_64_bytes_in_any_order),
    TEST_CASE(of_64_bytes_dead_at_the_start),
    TEST_CASE(up_to_64_bytes),
    TEST_CASE(up_to_64_bytes_in_any_order),
    TEST_CASE(up_to_64_bytes_in_any_order_and_many),
    TEST_CASE(larger_from_the_middle_of_marking),
    TEST_CASE(larger_from_the_middle_in_any_order),
    TEST_CASE(up_to_500_bytes_in_any_order),
    TEST_CASE(a_payment_that_ends_marking_sweeps_little),
    TEST_CASE(large_and_small),
    TEST_CASE(large_and_small_dead_at_the_start),
};

int main(void) {
    return TEST_MAIN(cases);
}
