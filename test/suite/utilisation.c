/* The least share of time that the collector leaves: as core tells it, and exactly, from all slices and scans. Core may
 * tell less than is true, by a twentieth of a window, and never more.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"
#include "harness.h"
#include "heap/cycle.h"
#include "heap/utilisation.h"

#include <moat.h>

#if MOAT_CONFIG_SLICE_CLOCK

#define WORKS_MAX 12000
#define LESS_AT_MOST 50 /* thousandths */

static const uint32_t windows[] = {1000, 10000, 100000};

/* The collector's spans, and how often the clock was read. */
static uint32_t begins[WORKS_MAX], ends[WORKS_MAX];
static uint32_t works;
static bool recording, inside;

uint32_t __real_moat_port_clock(void);
uint32_t __wrap_moat_port_clock(void);

/* The time from one look at the clock to the next, if not 0. */
static uint32_t tick, ticked;

/* Core reads the clock where it begins to work and where it ends. */
uint32_t __wrap_moat_port_clock(void) {
    if (tick != 0) {
        return ticked += tick;
    }
    uint32_t now = __real_moat_port_clock();
    if (recording && works < WORKS_MAX) {
        if (inside) {
            ends[works++] = now;
        } else {
            begins[works] = now;
        }
        inside = !inside;
    }
    return now;
}

FRESH_ARENA(arena, 32768);

static bool start(void) {
    works = 0;
    inside = false;
    return fresh_heap(arena.bytes, sizeof arena.bytes);
}

/* The collector's part of the window that ends with a work. */
static uint32_t busy_in(uint32_t last, uint32_t window) {
    uint32_t busy = 0;
    for (uint32_t i = last + 1; i-- > 0 && ends[last] - ends[i] < window;) {
        uint32_t before = ends[last] - begins[i];
        busy += (before < window ? before : window) - (ends[last] - ends[i]);
    }
    return busy;
}

static uint32_t exact_share(uint32_t window) {
    uint32_t most = 0;
    for (uint32_t last = 0; last < works; last++) {
        uint32_t busy = busy_in(last, window);
        most = busy > most ? busy : most;
    }
    return (window - most) / (window / 1000);
}

static void compare(void) {
    for (unsigned i = 0; i < 3; i++) {
        uint32_t told = 0, exact = exact_share(windows[i]);
        CHECK_EQUAL(moat_utilisation_get(windows[i], &told), MOAT_OK);
        test_note("window", windows[i]);
        test_note("told, in thousandths", told);
        test_note("exact", exact);
        CHECK(told <= exact);
        CHECK(told + LESS_AT_MOST >= exact);
    }
}

static void add(uint32_t begin, uint32_t end, uint32_t busy) {
    moat_port_mask_t masked = moat_port_mask();
    moat_utilisation_add(begin, end, busy);
    moat_port_unmask(masked);
}

static void work(uint32_t begin, uint32_t end) {
    begins[works] = begin;
    ends[works++] = end;
    add(begin, end, moat_utilisation_busy());
}

/* ---- cases ---- */

static void nothing_done_leaves_all(void) {
    uint32_t share = 0;
    CHECK(start());
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(moat_utilisation_get(windows[i], &share), MOAT_OK);
        CHECK_EQUAL(share, 1000);
    }
}

static void other_windows_are_refused(void) {
    uint32_t share = 7;
    CHECK(start());
    CHECK_EQUAL(moat_utilisation_get(1001, &share), MOAT_ERR_SIZE);
    CHECK_EQUAL(moat_utilisation_get(0, &share), MOAT_ERR_SIZE);
    CHECK_EQUAL(share, 7);
    CHECK_EQUAL(moat_utilisation_get(1000, NULL), MOAT_ERR_NULL);
}

static void one_slice_is_told_exactly(void) {
    uint32_t share = 0;
    CHECK(start());
    work(50000, 50300);
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 700);
    CHECK_EQUAL(moat_utilisation_get(100000, &share), MOAT_OK);
    CHECK_EQUAL(share, 997);
    work(50800, 51100); /* 200 of the first are still in the window */
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 500);
}

static void work_longer_than_a_window_leaves_nothing(void) {
    uint32_t share = 7;
    CHECK(start());
    work(1000, 3000);
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 0);
    CHECK_EQUAL(moat_utilisation_get(10000, &share), MOAT_OK);
    CHECK_EQUAL(share, 800);
}

static void slices_in_a_scan_count_once(void) {
    uint32_t share = 0;
    CHECK(start());
    uint32_t busy = moat_utilisation_busy();
    add(1100, 1200, moat_utilisation_busy());
    add(1300, 1350, moat_utilisation_busy());
    add(1000, 1400, busy);
    CHECK_EQUAL(moat_utilisation_busy(), 400);
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 600);
}

/* Nothing but the scan of this stack belongs to a cycle's start. */
static void a_stacks_scan_is_work(void) {
    CHECK(start());
    ticked = 1000;
    tick = 700;
    moat_cycle_start();
    tick = 0;
    CHECK_EQUAL(ticked, 1000 + 2 * 700);
    CHECK_EQUAL(moat_utilisation_busy(), 700);
}

static void a_restart_forgets(void) {
    uint32_t share = 0;
    CHECK(start());
    work(1000, 1900);
    moat_utilisation_restart();
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 1000);
    work(2000, 2100);
    CHECK_EQUAL(moat_utilisation_get(1000, &share), MOAT_OK);
    CHECK_EQUAL(share, 900);
}

/* Works of up to `length`, apart by up to `apart`, and now and then by far more, from a little before the clock wraps.
 */
static void at_random(uint32_t length, uint32_t apart) {
    CHECK(start());
    uint32_t now = UINT32_MAX - 20000;
    while (works < 3000) {
        uint32_t spread = test_random_below(30) == 0 ? 20 * apart : apart;
        uint32_t begin = now + test_random_below(spread), end = begin + 1 + test_random_below(length);
        work(begin, end);
        now = end;
    }
    compare();
}

static void slices_at_random(void) {
    at_random(300, 400);
}

static void slices_close_together(void) {
    at_random(30, 20);
}

static void slices_far_apart(void) {
    at_random(500, 20000);
}

static void short_slices_and_long_silence(void) {
    at_random(10, 4000);
}

struct node {
    MOAT_REF(struct node) next;
    uintptr_t number;
};
MOAT_TYPE(node_type, struct node, next);
static MOAT_ROOT(struct node) list;

/* Every slice and every scan that a firmware's allocations make. */
static void of_a_firmware(void) {
    CHECK(start());
    recording = true;
    for (uint32_t i = 0; moat_heap.stats.cycles < 4 && works < WORKS_MAX; i++) {
        struct node *node = MOAT_NEW(node_type);
        CHECK(node != NULL);
        MOAT_STORE(node->next, list);
        MOAT_STORE(list, i % 700 == 0 ? NULL : node);
    }
    recording = false;
    CHECK(!inside);
    CHECK(works > 100 && works < WORKS_MAX);
    test_note("slices and scans", works);
    CHECK(works > moat_heap.stats.slices);
    compare();
}

static const struct test_case cases[] = {
    TEST_CASE(nothing_done_leaves_all),
    TEST_CASE(other_windows_are_refused),
    TEST_CASE(one_slice_is_told_exactly),
    TEST_CASE(work_longer_than_a_window_leaves_nothing),
    TEST_CASE(slices_in_a_scan_count_once),
    TEST_CASE(a_stacks_scan_is_work),
    TEST_CASE(a_restart_forgets),
    TEST_CASE(slices_at_random),
    TEST_CASE(slices_close_together),
    TEST_CASE(slices_far_apart),
    TEST_CASE(short_slices_and_long_silence),
    TEST_CASE(of_a_firmware),
};

#else

uint32_t __real_moat_port_clock(void);
uint32_t __wrap_moat_port_clock(void);

uint32_t __wrap_moat_port_clock(void) {
    return __real_moat_port_clock();
}

static void is_not_compiled_in(void) {
    SKIP("built without MOAT_CONFIG_SLICE_CLOCK");
}

static const struct test_case cases[] = {TEST_CASE(is_not_compiled_in)};

#endif

int main(void) {
    return TEST_MAIN(cases);
}
