/* moat: when the collector works, and how much. See pace.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/pace.h"

#include "fault/assert.h"
#include "base/port.h"
#include "space/granule.h"
#include "space/search.h"

/* Marking may take more than it did last, by this part of it. */
#define MARGIN 8u

/* With a cycle that takes less than was expected, this part of the difference is forgotten. */
#define FORGET 16u

/* The rest of marking is guessed to be this part of the whole at least. */
#define GUESS_LEAST 32u

/* The sweep's work for a word at most: sweeping it, placing the stop, its part of a slice's begin and end, and of the
 * searches meanwhile; with CHECK1 and 2 the look at the headers of eight objects too. */
#define SWEEP_UNITS (MOAT_CONFIG_CHECK >= 1 ? 14u : 10u)

/* The payments that tell how many granules one is for. */
#define PAYMENTS_TELL 8u

/* The part of a payment that is likely to be left for work, beside the search and the request itself. */
#define PAYMENT (MOAT_CONFIG_PACE > 40 ? MOAT_CONFIG_PACE - 20u : (MOAT_CONFIG_PACE + 1u) / 2)

/* A request for more granules than a payment is for shares its payments with those that follow, as far as it is for so
 * many. */
#define SHARED MOAT_WORD_GRANULES

/* Free granules that are kept for nothing in particular. */
#define SPARE 48u

/* Bitmap words of all arenas, and up to one more for each: the first and the last word of one stand for fewer granules.
 */
static uint32_t all_words(void) {
    return moat_granules(moat_heap.stats.arena_bytes) / MOAT_WORD_GRANULES + 2 * moat_heap.arenas.count;
}

/* How many granules one payment of this cycle was for, in sixteenths. The cycle before counts a
 * little. */
static uint32_t mean_now(void) {
    const struct moat_pace *pace = &moat_heap.pace;
    uint32_t was = pace->mean, payments = pace->payments / 8;
    if (payments < PAYMENTS_TELL) {
        return was;
    }
    uint32_t mean = pace->paid_for * 16 / payments;
    return mean > was ? mean : (mean + 3 * was) / 4;
}

/* The most that a cycle took lately: a part of the difference is forgotten with each that takes less. So what is
 * dropped and built anew finds the reserve that it needs. */
static uint32_t work_next(void) {
    uint32_t work = moat_heap.pace.work, was = moat_heap.pace.expected_work;
    return work > was || moat_heap.cycle.number == 1 ? work : was - (was - work) / FORGET;
}

void moat_pace_end_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_MARK);
    struct moat_pace *pace = &moat_heap.pace;
    uint32_t most = moat_granules(moat_heap.stats.arena_bytes) / 2;
    uint32_t sweep = SWEEP_UNITS * all_words() / PAYMENT + 3;
    uint32_t work = pace->expected_work = work_next();
    uint32_t marking = (work + work / MARGIN) / PAYMENT + 2;
    uint32_t mean = mean_now();
    pace->mean = (uint16_t)mean;
    sweep = sweep * mean / 16;
    pace->sweep_reserve = sweep;
    uint32_t reserve = marking * mean / 16 + sweep + SPARE;
    pace->reserve = reserve < most ? reserve : most;
}

/* Where little memory is free the stop may be where the search begins: an idle loop that took this for a reason would
 * never rest. */
bool moat_pace_due(void) {
    moat_port_mask_t masked = moat_port_mask();
    bool due = moat_heap.cycle.phase == MOAT_PHASE_IDLE &&
               (moat_heap.cycle.requested || (moat_heap.search.used && moat_search_is_over()));
    moat_port_unmask(masked);
    return due;
}

/* The rest of marking: by the guess, an eighth more than last time. Once no more than the least of that is left, the
 * guess grows with what is done from there on, twice as fast. */
static uint32_t units_left(void) {
    uint32_t work = moat_heap.pace.work, expected = moat_heap.pace.expected_work;
    uint32_t least = expected / GUESS_LEAST, planned = expected + (GUESS_LEAST / MARGIN - 1) * least;
    return least + (work > planned ? 2 * (work - planned) : planned - work);
}

/* The least payment by which marking ends before the free granules do. */
static uint32_t marking_needs(void) {
    const struct moat_pace *pace = &moat_heap.pace;
    uint32_t usable = pace->usable + moat_granules(moat_heap.search.run_end - moat_heap.search.run_at);
    uint32_t room = usable > pace->sweep_reserve ? usable - pace->sweep_reserve : 0;
    return units_left() / (room * 16 / pace->mean + 1);
}

#if MOAT_CONFIG_TASKS
/* An arena's words over this, or fewer, lie before the stop. */
#define NEAR 16u

bool moat_pace_soon_due(void) {
    moat_port_mask_t masked = moat_port_mask();
    const struct moat_search *search = &moat_heap.search;
    bool near = moat_heap.arenas.count != 0 && search->used && search->arena == search->stop &&
                search->stop_word - (uint32_t)(search->place.word - search->arena->bits) <=
                    moat_arena_words(search->arena) / NEAR;
    moat_port_unmask(masked);
    return near || moat_pace_due();
}

/* Words that the sweep has still to come to; placing the stop counts as a quarter of all. */
static uint32_t words_left(void) {
    const struct moat_sweep *sweep = &moat_heap.sweep;
    uint32_t left = all_words() / 4;
    for (uint32_t i = sweep->arena == NULL ? moat_heap.arenas.count : sweep->arena->order; i < moat_heap.arenas.count;
         i++) {
        left += moat_arena_words(moat_heap.arenas.table[i]);
    }
    return sweep->arena == NULL ? left : left - sweep->word;
}

static uint32_t sweep_needs(void) {
    return SWEEP_UNITS * words_left() / (moat_heap.pace.usable * 16 / moat_heap.pace.mean + 1);
}

bool moat_pace_is_behind(void) {
    moat_port_mask_t masked = moat_port_mask();
    bool behind = moat_heap.cycle.requested; /* in IDLE what is used up now is the reserve */
    if (moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        uint32_t need = moat_heap.cycle.phase == MOAT_PHASE_MARK ? marking_needs() : sweep_needs();
        behind = need > MOAT_CONFIG_PACE / 2;
    }
    moat_port_unmask(masked);
    return behind;
}

/* Whether a task works ahead, and allocations have nothing to do. */
static bool is_ahead(void) {
    return moat_heap.pace.helped && !moat_pace_is_behind();
}
#else
static bool is_ahead(void) {
    return false;
}
#endif

/* The sweep is planned with PAYMENT units each: MOAT_CONFIG_PACE / 2 is the least. */
uint32_t moat_pace_units(uint32_t granules) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase != MOAT_PHASE_IDLE);
    uint32_t eighths = granules > MOAT_PAYMENT_GRANULES ? granules : MOAT_PAYMENT_GRANULES;
    moat_heap.pace.payments += eighths;
    moat_heap.pace.paid_for += granules;
    uint32_t spent = moat_heap.pace.spent < MOAT_CONFIG_PACE ? moat_heap.pace.spent : MOAT_CONFIG_PACE;
    uint32_t need = moat_heap.cycle.phase == MOAT_PHASE_MARK ? marking_needs() : spent + MOAT_CONFIG_PACE / 2;
    uint32_t due = (need > MOAT_CONFIG_PACE ? need : MOAT_CONFIG_PACE) - spent;
    if (is_ahead()) {
        return 0;
    }
    uint32_t more = eighths > SHARED ? eighths - SHARED : 0;
    uint32_t size = moat_heap.pace.size + 4 * (eighths - more) - moat_heap.pace.size / 16;
    moat_heap.pace.size = (uint16_t)size;
    size += 64 * more;
    return due < UINT32_MAX / size ? due * size / 512 : UINT32_MAX / 512;
}
