/* Stepping. See step.h.
 *
 * SPDX-License-Identifier: MIT */
#include "step.h"

#include "harness.h"

#include <bsp.h>

#define STEPS_MAX 100000u

static volatile enum step_where thread_is;
static volatile enum step_where hit;
static volatile bool fired;
static void (*volatile handler)(void);

static void on_timer(void) {
    hit = thread_is;
    handler();
    fired = true;
}

enum step_where step_where(void) {
    return hit;
}

enum step_where step_at(uint32_t n, void (*operation)(void), void (*interrupt)(void)) {
    handler = interrupt;
    fired = false;
    thread_is = STEP_BEFORE;
    bsp_timer_start(n, false, on_timer);
    thread_is = STEP_INSIDE;
    operation();
    thread_is = STEP_AFTER;
    while (!fired) {
    }
    return hit;
}

uint32_t step_length(void (*operation)(void)) {
    uint32_t start = bsp_instructions();
    operation();
    uint32_t with = bsp_instructions() - start;
    start = bsp_instructions();
    return with - (bsp_instructions() - start);
}

static uint32_t step_stride(void) {
    const char *text = test_argument("stride");
    uint32_t stride = 0;
    for (; text != NULL && *text >= '0' && *text <= '9'; text++) {
        stride = stride * 10 + (uint32_t)(*text - '0');
    }
    return stride == 0 ? 1 : stride;
}

uint32_t step_through(enum step_where (*attempt)(const void *context, uint32_t n), const void *context,
                      uint32_t least) {
    const uint32_t stride = step_stride();
    uint32_t points = 0, n = 1;
    enum step_where where = STEP_BEFORE;
    for (; n < STEPS_MAX && where != STEP_AFTER; n += stride) {
        where = attempt(context, n);
        points += where == STEP_INSIDE ? 1 : 0;
    }
    if (!test_failed() && (points < least / stride || n >= STEPS_MAX)) {
        test_equal(__FILE__, __LINE__, "points hit", points, least);
    }
    if (test_failed()) {
        test_note("failed with the interrupt at instruction", n - stride);
    }
    return points;
}
