/* tracker: what the device says about its heap. See answers.h.
 *
 * SPDX-License-Identifier: MIT */
#include "answers.h"

#include "heap.h"
#include "track.h"

#include <moat.h>

#define TYPES 16
#define HOPS 8
#define STEPS 16 /* for each sentence */
#define WORDS (2 * (HEAP_BYTES / (32 * MOAT_GRANULE) + 2))

/* In static memory, as all that these ask for: words of a stack would keep objects. */
static struct moat_usage usage;
static struct moat_usage_row usage_rows[TYPES];
static struct moat_space space;
static struct moat_growth growth;
static struct moat_growth_row growth_rows[TYPES];
static struct moat_why why;
static struct moat_why_hop hops[HOPS];
static uint32_t bits[WORDS];

void answers_open(void) {
    moat_high_restart();
    (void)moat_growth_begin(&growth, growth_rows, TYPES);
}

void answers_poll(void) {
    (void)moat_high_step(STEPS);
    (void)moat_growth_step(&growth, STEPS);
}

static void print_why(void) {
    if (moat_why_begin(&why, track_some_position(), hops, HOPS, bits, WORDS) == MOAT_OK) {
        while (moat_why_step(&why, STEPS) == MOAT_WHY_WORKING) {
        }
        moat_why_print(&why);
    }
}

void answers_print(void) {
    while (moat_gc_step(STEPS) > 0) { /* what is free is an estimate while a cycle runs */
    }
    if (moat_usage_begin(&usage, usage_rows, TYPES) == MOAT_OK) {
        while (moat_usage_step(&usage, STEPS)) {
        }
        moat_usage_print(&usage);
    }
    if (moat_space_begin(&space) == MOAT_OK) {
        while (moat_space_step(&space, UINT32_MAX)) {
        }
        moat_space_print(&space);
    }
    moat_growth_print(&growth);
    moat_high_print();
    print_why();
}
