/* moat: when the collector works, and how much. See pace.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/pace.h"

#include "fault/assert.h"
#include "mark/root.h"
#include "space/granule.h"
#include "space/sweep.h"

/* Free granules in hand for each unit of marking are never counted on to be fewer than this allows: a granule pays for
 * so many units at least. */
#define LEAST_RATE 4u

/* The most that one granule's two words can cost marking. */
#define MOST_UNITS 10u

/* The guess of what is left of marking is at least the work done over this. */
#define GUESS_LEAST 8u

/* The number of requests while marking from which their size is estimated. */
#define REQUESTS_TELL 8u

static uint32_t all_words(void) {
    uint32_t words = 0;
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        words += moat_arena_words(moat_heap.arenas.table[i]);
    }
    return words;
}

/* With so few free granules the sweep has to go on, so that it has ended when no more than the reserve is left: each of
 * its slices is paid by a chunk, a bitmap word's granules. */
static uint32_t hurry_below(void) {
    return moat_heap.pace.reserve + (all_words() * MOAT_SWEEP_UNITS / MOAT_CONFIG_PACE + 1) * MOAT_WORD_GRANULES;
}

void moat_pace_attend(void) {
    MOAT_ASSERT(moat_port_is_masked());
    bool always = MOAT_CONFIG_STRESS_COLLECT != 0 || moat_heap.cycle.phase == MOAT_PHASE_MARK ||
                  moat_heap.cycle.requested || moat_heap.finalizers.doomed != NULL;
    uint32_t below = moat_heap.cycle.phase == MOAT_PHASE_SWEEP ? hurry_below() : moat_heap.pace.reserve;
    moat_heap.pace.threshold = always ? UINT32_MAX : below;
}

void moat_pace_begin_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    moat_heap.pace.expected_work =
        moat_heap.pace.work +
        (moat_heap.cycle.number == 0 ? LEAST_RATE * moat_heap.pace.allocated : moat_heap.pace.allocated / 4);
    moat_heap.pace.work = 0;
    moat_heap.pace.allocated = 0;
    moat_heap.pace.largest_request = 0;
    moat_heap.pace.slow_allocations = 0;
}

/* Free granules that marking leaves for the beginning of the sweep. */
static uint32_t sweep_reserve(void) {
    uint32_t granules = moat_granules(moat_heap.stats.arena_bytes);
    return granules / MOAT_WORD_GRANULES * MOAT_SWEEP_UNITS / (8 * LEAST_RATE) + MOAT_WORD_GRANULES;
}

/* How many free granules the next marking may use up, and the beginning of its sweep: an eighth more than this one's
 * work would have at the rate that its requests did it. */
static uint32_t reserve_for(uint32_t work) {
    bool told = moat_heap.pace.slow_allocations >= REQUESTS_TELL;
    uint32_t rate = told ? moat_heap.pace.slow_allocations * MOAT_CONFIG_PACE / (moat_heap.pace.allocated + 1)
                         : moat_heap.pace.rate;
    rate = rate > LEAST_RATE ? rate : LEAST_RATE;
    moat_heap.pace.rate = rate;
    return work / rate + work / (8 * rate) + sweep_reserve();
}

void moat_pace_end_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_MARK);
    moat_heap.pace.reserve = reserve_for(moat_heap.pace.work);
}

bool moat_pace_due(void) {
    return moat_heap.arenas.count != 0 &&
           (moat_heap.cycle.requested || moat_heap.free_granules <= moat_heap.pace.reserve);
}

/* No cycle's marking takes more: a granule has two words, each of them a piece, a slot and an object marked at most.
 * Objects made since it began are black. */
static uint32_t most_work(void) {
    uint32_t used = moat_granules(moat_heap.stats.arena_bytes) - moat_heap.free_granules - moat_heap.pace.allocated;
    return MOST_UNITS * (used + moat_root_units());
}

/* The marking that is left: by the guess, but never less than a part of what has been done, so that a guess that proves
 * too low grows a little at a time; by the bound once it has and no more free granules are left than are the sweep's.
 */
static uint32_t units_left(bool more_free) {
    uint32_t work = moat_heap.pace.work, least = work / GUESS_LEAST;
    if (moat_heap.pace.expected_work > work + least) {
        return moat_heap.pace.expected_work - work;
    }
    if (more_free) {
        return least;
    }
    uint32_t most = most_work();
    return most > work ? most - work : 0;
}

uint32_t moat_pace_units(uint32_t granules) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase != MOAT_PHASE_IDLE);
    uint32_t left, rate, free = moat_heap.free_granules;
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        uint32_t kept = sweep_reserve(), quarter = (free + moat_heap.pace.allocated) / 4;
        kept = kept < quarter ? kept : quarter;
        left = units_left(free > kept) + MOAT_CONFIG_SLICE_UNITS;
        rate = moat_heap.pace.rate;
        free = free > kept ? free - kept : free;
    } else if (free < hurry_below()) {
        left = all_words() * MOAT_SWEEP_UNITS;
        rate = LEAST_RATE;
    } else {
        return 0;
    }
    if (left / (free + 1) < rate && granules <= MOAT_SMALL_GRANULES) {
        return MOAT_CONFIG_PACE;
    }
    rate = left / (free + 1) + 1;
    uint32_t units = granules < left / rate ? granules * rate : left;
    return units > MOAT_CONFIG_PACE ? units : MOAT_CONFIG_PACE;
}
