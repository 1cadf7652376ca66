/* moat: sweeping. See sweep.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/sweep.h"

#include "fault/assert.h"
#include "base/bits.h"
#include "base/free.h"
#include "space/granule.h"
#include "space/search.h"

/* The cost of work, in instructions of a 32-bit core, about: words of one group, or placing the stop, beside the words;
 * a word that is swept; a look at a header, and a close one, more; a word that the stop goes back by. Where code is
 * small, counting bits is a loop. */
#define BEGIN 60u
#define COUNT (MOAT_SMALL_ ? 130u : 16u)
#define WORD ((MOAT_SMALL_ ? 20u : 15u) + (MOAT_CONFIG_CHECK >= 1 ? 9u : 0) + (MOAT_CONFIG_EVENTS > 0 ? COUNT : 0))
#define HEADER 12u
#define CLOSER 60u
#define PLACE (32u + COUNT)

/* Whether the cost is counted at each word. Elsewhere it is known before. */
#define COUNT_EACH (MOAT_SMALL_ || MOAT_CONFIG_CHECK >= 1)

/* Headers of the first type without slots that are looked at closely in one word: it may be firmware's commonest. */
#define CLOSER_MOST 2u

static void enter_arena(struct moat_arena *arena) {
    struct moat_sweep *sweep = &moat_heap.sweep;
    sweep->arena = arena;
    sweep->word = 0;
    sweep->carry = 0;
}

void moat_sweep_begin(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_SWEEP);
    enter_arena(moat_heap.arenas.table[0]);
    moat_sweep_begin_place();
}

/* ---- sweeping ---- */

/* A white start clears itself and the granules inside its object: added to the mark bits, it makes a carry that runs
 * through those, and through white objects behind them, up to the next granule without a mark bit. died: the granules
 * that became free, of the word before; an object may go on from its last. Returns how many became free, where that is
 * counted. */
static inline uint32_t sweep_word(struct moat_bits *bits, uint32_t *died) {
    uint32_t start = bits->start, mark = bits->mark, sum = mark + (start & mark) + (*died >> 31);
    uint32_t kept = (start ^ mark) & (start | sum);
    bits->start = start & ~mark;
    bits->mark = kept;
    *died = mark & ~kept;
    return MOAT_CONFIG_EVENTS > 0 ? moat_count_bits(*died) : 0;
}

/* Whether an object is as long as its type says, if it ends in the word that it begins in. inside: the word's. */
static inline bool has_its_length(const struct moat_type *type, uint32_t bit, uint32_t inside) {
    uint32_t granules = moat_type_granules(type);
    if (type->flexible != 0 || bit + granules >= MOAT_WORD_GRANULES) {
        return true;
    }
    uint32_t rest = ((uint32_t)1 << granules) - 1; /* the granule behind it is not inside */
    return (inside >> bit >> 1 & rest) == rest >> 1;
}

/* A header in the sweep's way that names no type, or the first without slots, as zeros and small numbers do: there the
 * length tells more. */
static __attribute__((noinline)) void look_closer(const struct moat_arena *arena, uintptr_t at) {
    uint32_t granule = moat_granule_of(arena, at);
    moat_word header = *moat_header_at(at);
    if (granule != arena->granules - 1) { /* the fence has none */
        MOAT_REQUIRE(moat_header_known(header) && has_its_length(moat_header_type(header), granule & 31u,
                                                                 moat_inside(&arena->bits[granule >> 5])),
                     4, at);
    }
}

/* Looks at the headers of the dead objects that begin in a word: if one was written over, that tells of an overrun, and
 * is gone once the object is. Those of survivors can wait: they are looked at in one of four cycles. Returns the cost.
 */
static inline uint32_t look_at_headers(const struct moat_arena *arena, uint32_t word) {
    const moat_word lowest = moat_header_of_type((const struct moat_type *)moat_types_start);
    const moat_word span = moat_headers_known();
    const uintptr_t first = moat_granule_address(arena, word << 5);
    const struct moat_bits *bits = &arena->bits[word];
    uint32_t cost = 0, closer = CLOSER_MOST,
             starts = (moat_heap.cycle.number & 3u) == 0 ? bits->start : bits->start & bits->mark;
    for (; starts != 0; starts &= starts - 1) {
        uintptr_t at = first + moat_bytes(moat_lowest_bit(starts));
        moat_word header = *moat_header_at(at);
        bool small = header <= MOAT_HEADER_LINK_MASK && closer != 0;
        if ((header - lowest >= span || small) && !moat_is_hole(header)) {
            look_closer(arena, at);
            closer--;
            cost += CLOSER;
        }
        cost += HEADER;
    }
    return cost;
}

/* The full bit of the group that ends before `word`, or is under way there. */
static void set_full(const struct moat_arena *arena, uint32_t word, uint32_t free, bool ended) {
    uint32_t group = (word - 1) / MOAT_GROUP_WORDS, bit = (uint32_t)1 << (group & 31u);
    uint32_t *full = &arena->full[group >> 5];
    *full = free != 0 ? *full & ~bit : ended ? *full | bit : *full;
}

/* Words up to the end of a group. Returns the rest of the budget. */
static uint32_t sweep_group(uint32_t budget) {
    struct moat_sweep *sweep = &moat_heap.sweep;
    struct moat_arena *arena = sweep->arena;
    uint32_t words = moat_arena_words(arena), word = sweep->word, group_end = (word | (MOAT_GROUP_WORDS - 1)) + 1;
    uint32_t end = group_end < words ? group_end : words, died = sweep->carry << 31;
    uint32_t free = sweep->free;
    MOAT_ASSERT(word < words && sweep->carry <= 1);
    struct moat_bits *bits = &arena->bits[word], *last = &arena->bits[end];
    if (!COUNT_EACH) {
        uint32_t most = (budget + WORD - 1) / WORD;
        last = end - word < most ? last : bits + most;
        budget = end - word < most ? budget - (end - word) * WORD : 0;
    }
    do {
        if (COUNT_EACH) {
            uint32_t cost = WORD + (MOAT_CONFIG_CHECK >= 1 ? look_at_headers(arena, word++) : 0);
            budget -= budget < cost ? budget : cost;
        }
        moat_free_add(sweep_word(bits, &died));
        free |= ~bits->mark;
    } while (++bits != last && (!COUNT_EACH || budget != 0));
    word = (uint32_t)(bits - arena->bits);
    set_full(arena, word, free, word == end);
    sweep->word = word;
    /* A dead object that ends with the word is no matter of the next, which may begin with a new one by then. */
    sweep->carry = died >> 31 & moat_inside(bits);
    sweep->free = word == end ? 0 : free;
    if (word == words) {
        enter_arena(arena->next);
    }
    if (moat_heap.search.follows) {
        moat_search_lead();
    }
    return budget;
}

/* ---- placing the stop ---- */

/* Goes back to the end of the arena before that of this order; or the stop is placed, if there is none. */
static void place_before(uint32_t order) {
    struct moat_sweep *sweep = &moat_heap.sweep;
    sweep->placed = order == 0;
    if (order != 0) {
        sweep->place = moat_heap.arenas.table[order - 1];
        sweep->place_word = moat_arena_words(sweep->place);
    }
}

void moat_sweep_begin_place(void) {
    place_before(moat_heap.arenas.count);
    moat_heap.sweep.usable = 0;
}

void moat_sweep_replace(uint32_t granules) {
    struct moat_sweep *sweep = &moat_heap.sweep;
    sweep->usable -= granules < sweep->usable ? granules : sweep->usable;
    sweep->placed = sweep->usable >= moat_heap.pace.reserve;
}

/* Whether a run in the word is long enough to count: of half the granules that a payment is for, as far as this is told
 * without looking at each. */
static bool is_worth_it(uint32_t free) {
    uint32_t mean = moat_heap.pace.mean;
    if (mean >= 1 * 32) {
        free &= free >> 1;
    }
    if (mean >= 3 * 32) {
        free &= free >> 2;
    }
    return free != 0;
}

/* Goes back by one word. */
MOAT_APART_ static void place_word(void) {
    struct moat_sweep *sweep = &moat_heap.sweep;
    if (sweep->place_word == 0) {
        place_before(sweep->place->order);
        return;
    }
    const struct moat_bits *bits = &sweep->place->bits[--sweep->place_word];
    uint32_t free = moat_free_mask(bits);
    sweep->usable += is_worth_it(free) ? moat_count_bits(free) : 0;
    sweep->placed = sweep->usable >= moat_heap.pace.reserve;
}

void moat_sweep_set_stop(void) {
    if (moat_heap.sweep.place != NULL) {
        moat_search_stop_at(moat_heap.sweep.place, moat_heap.sweep.place_word);
    }
}

/* Goes back until the stop has its place. Returns the rest of the budget. */
static uint32_t place(uint32_t budget) {
    do {
        place_word();
        budget -= budget < PLACE ? budget : PLACE;
    } while (budget != 0 && !moat_heap.sweep.placed);
    return budget;
}

uint32_t moat_sweep_some(uint32_t units) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_SWEEP || moat_heap.sweep.arena == NULL);
    uint32_t budget = units * MOAT_UNIT;
    while (budget != 0 && !moat_heap.sweep.placed) {
        budget = budget > BEGIN ? budget - BEGIN : 1; /* it goes on by one step at least */
        budget = moat_heap.sweep.arena != NULL ? sweep_group(budget) : place(budget);
    }
    return budget / MOAT_UNIT;
}
