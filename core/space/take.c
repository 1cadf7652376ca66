/* moat: taking free memory for small objects. See take.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/take.h"

#include "fault/assert.h"
#include "base/bits.h"
#include "base/clear.h"
#include "base/port.h"
#include "space/bitmap.h"
#include "base/free.h"
#include "space/holes.h"
#include "space/search.h"

/* Free runs and words that one masked step looks at. Small code takes longer for each. */
#define RUNS_AT_ONCE (MOAT_SMALL_ ? 1u : 3u)
#define WORDS_AT_ONCE (MOAT_SMALL_ ? 8u : 10u)

/* While a cycle runs, in units of twelve instructions, about: what such a step does at most, and what it costs: a word
 * that is looked at is one unit. */
#define STEP_MOST (MOAT_SMALL_ ? 11u : 13u)
#define STEP_UNITS 5u
#define RUN_UNITS 6u

/* In place of an address: there may be more to find. */
#define AGAIN ((uintptr_t)1)

static void clear(uintptr_t at, uint32_t granules) {
    moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));
}

/* ---- IDLE ---- */

static void give_up_chunk(void) {
    struct moat_chunk *chunk = &moat_heap.chunk;
    MOAT_ASSERT(chunk->at <= chunk->limit);
    if (chunk->at != chunk->limit) {
        moat_holes_file(&moat_heap.lists, chunk->bias, chunk->at, moat_granules(chunk->limit - chunk->at));
    }
    chunk->at = chunk->limit = 0;
}

/* Another task has started a cycle since the run [at, end) became an object: there is no chunk any more. The rest
 * behind the object at its front becomes one that nothing refers to, until it is swept. */
static void part(uintptr_t at, uintptr_t next, uintptr_t end) {
    const struct moat_arena *arena = moat_arena_of(at);
    moat_set_start(arena->bias, next);
    *moat_header_at(next) = moat_heap.types.bytes_header;
    moat_object_back(arena, next, moat_granules(end - next));
}

/* A free run of `size` granules, its mark bits set, which is not zero from `dirty` on: the object at its front, and a
 * chunk of what follows. It is one object of raw bytes while it is cleared, with interrupts on. */
static uintptr_t adopt(uintptr_t at, uint32_t size, uintptr_t dirty, uint32_t granules, moat_port_mask_t masked) {
    uintptr_t end = at + moat_bytes(size), next = at + moat_bytes(granules), bias = moat_heap.search.arena->bias;
    moat_heap.search.used = true;
    moat_set_start(bias, at);
    *moat_header_at(at) = moat_heap.types.bytes_header;
    if (size > MOAT_WORD_GRANULES) {
        moat_object_back(moat_heap.search.arena, at, size);
    }
    uint32_t cycle = moat_heap.cycle.number;
    moat_port_unmask(masked);
    moat_clear_words(dirty == at ? moat_payload_at(at) : dirty, end);
    (void)moat_port_mask();
    if (size != granules && moat_heap.cycle.number != cycle && MOAT_CONFIG_TASKS != 0) {
        part(at, next, end);
    } else if (size != granules) {
        give_up_chunk();
        moat_heap.chunk.at = next;
        moat_heap.chunk.limit = end;
        moat_heap.chunk.bias = bias;
    }
    return at;
}

/* As the fast path does, which arrays and flexible objects do not take. */
static uintptr_t take_from_chunk(uint32_t granules) {
    uintptr_t at = moat_heap.chunk.at;
    moat_heap.chunk.at = at + moat_bytes(granules);
    moat_set_start(moat_heap.chunk.bias, at);
    return at;
}

/* Masked. */
static uintptr_t take_found(uint32_t granules, moat_port_mask_t masked) {
    struct moat_chunk *chunk = &moat_heap.chunk;
    uintptr_t at;
    struct moat_place copy, *place = moat_search_get(&copy);
    uint32_t words = WORDS_AT_ONCE;
    for (uint32_t runs = RUNS_AT_ONCE; runs != 0; runs--) {
        uint32_t size = moat_search_next(place, &at, true, &words);
        if (size == 0) {
            moat_search_put(place);
            return words == 0 ? AGAIN : 0;
        }
        uintptr_t bias = moat_heap.search.arena->bias, dirty = at;
        if (at == chunk->limit && chunk->at != chunk->limit) {
            at = chunk->at;
            size += moat_granules(dirty - at);
            chunk->at = chunk->limit = 0;
        }
        if (size >= granules) {
            moat_search_put(place);
            return adopt(at, size, dirty, granules, masked);
        }
        moat_holes_file(&moat_heap.lists, bias, at, size);
    }
    moat_search_put(place);
    return AGAIN;
}

/* ---- MARK and SWEEP ---- */

/* Whether a free run of so many granules is likely to be used while a cycle runs: it has half as many as a payment is
 * for (docs/pacing.md). */
static bool is_worth_it(uint32_t granules) {
    return granules * 32 >= moat_heap.pace.mean;
}

/* The run, or its rest. While marking it becomes a hole, which a smaller request may take; while sweeping it stays
 * free, and the next IDLE finds it. */
static void give_up_run(void) {
    struct moat_search *search = &moat_heap.search;
    uint32_t size = moat_granules(search->run_end - search->run_at);
    if (size != 0 && moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        uintptr_t bias = search->run_arena->bias;
        moat_bitmap_set_inside(bias, search->run_at, size);
        moat_free_take(size);
        moat_holes_file(&moat_heap.aside, bias, search->run_at, size);
        moat_heap.pace.usable += is_worth_it(size) ? size : 0;
    }
    search->run_at = search->run_end = 0;
}

static void use_up(uint32_t granules) {
    uint32_t usable = moat_heap.pace.usable;
    moat_heap.pace.usable = usable - (granules < usable ? granules : usable);
}

static bool has_room(uint32_t granules) {
    return moat_heap.search.run_end - moat_heap.search.run_at >= moat_bytes(granules);
}

/* Masked. Goes on to a run of `granules` or more, as far as one step comes. False: there is none. */
static bool find_run(uint32_t granules) {
    struct moat_search *search = &moat_heap.search;
    struct moat_place copy, *place = moat_search_get(&copy);
    uint32_t left = STEP_MOST, size;
    do {
        give_up_run();
        size = moat_search_next(place, &search->run_at, false, &left);
        if (size == 0) {
            break;
        }
        use_up(size);
        search->run_end = search->run_at + moat_bytes(size);
        search->run_arena = search->arena;
        left -= left < RUN_UNITS ? left : RUN_UNITS;
    } while (left != 0 && size < granules);
    moat_search_put(place);
    moat_heap.pace.spent += STEP_UNITS + STEP_MOST - left;
    if (size != 0 || left == 0) {
        return true;
    }
    return moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_search_follow();
}

/* Masked. */
static uintptr_t take_of_run(uint32_t granules) {
    struct moat_search *search = &moat_heap.search;
    if (!has_room(granules)) {
        return find_run(granules) ? AGAIN : 0;
    }
    uintptr_t at = search->run_at;
    search->run_at = at + moat_bytes(granules);
    moat_bitmap_set_object(search->run_arena, at, granules);
    moat_free_take(granules);
    search->used = true;
    clear(at, granules);
    return at;
}

void moat_take_ahead(uint32_t granules) {
    struct moat_search *search = &moat_heap.search;
    if (granules > search->ahead && granules <= MOAT_SMALL_GRANULES) {
        search->ahead = (uint8_t)granules;
    }
    uint32_t ahead = search->ahead;
    while (moat_heap.cycle.phase == MOAT_PHASE_MARK && !has_room(ahead) && !moat_holes_maybe(&moat_heap.aside, ahead) &&
           moat_heap.pace.spent < MOAT_CONFIG_PACE) {
        moat_port_mask_t masked = moat_port_mask();
        bool more = find_run(ahead);
        moat_port_unmask(masked);
        if (!more) {
            break;
        }
    }
}

/* ---- all phases ---- */

/* Masked. From a hole. */
static uintptr_t cut(struct moat_lists *lists, uint32_t granules) {
    uintptr_t at = moat_holes_cut(lists, granules);
    if (at == 0) {
        return AGAIN; /* the map is right from here on */
    }
    if (lists == &moat_heap.aside) {
        const struct moat_arena *arena = moat_arena_of(at);
        if (MOAT_SMALL_) {
            moat_bitmap_set_object(arena, at, granules); /* all but one bit are as they should be */
        } else {
            moat_bits_at(arena->bias, at)->mark &= ~moat_bit_at(at);
        }
        use_up(granules);
        moat_heap.search.used = true;
    }
    clear(at, granules);
    return at;
}

/* Masked: one step. While a cycle runs there is no chunk. */
static uintptr_t take_once(uint32_t granules, moat_port_mask_t masked) {
    bool idle = moat_heap.cycle.phase == MOAT_PHASE_IDLE;
    MOAT_ASSERT(idle || moat_heap.chunk.at == moat_heap.chunk.limit);
    MOAT_ASSERT(moat_heap.search.run_at <= moat_heap.search.run_end);
    struct moat_lists *lists = idle ? &moat_heap.lists : &moat_heap.aside;
    if (moat_holes_maybe(lists, granules)) {
        return cut(lists, granules);
    }
    return idle ? take_found(granules, masked) : take_of_run(granules);
}

/* A handler in between may use up what was found: then it goes on. */
uintptr_t moat_take_small(uint32_t granules, moat_word header) {
    MOAT_ASSERT(granules != 0 && granules <= MOAT_SMALL_GRANULES && moat_header_known(header));
    const struct moat_chunk *chunk = &moat_heap.chunk;
    uintptr_t at;
    moat_port_mask_t masked = moat_port_mask();
    if (chunk->limit - chunk->at >= moat_bytes(granules)) {
        at = take_from_chunk(granules);
    } else {
        while ((at = take_once(granules, masked)) == AGAIN) {
            moat_port_window(masked);
        }
    }
    if (at != 0) {
        *moat_header_at(at) = header;
    }
    moat_port_unmask(masked);
    return at;
}

/* ---- phases ---- */

void moat_take_leave_chunk(void) {
    moat_port_mask_t masked = moat_port_mask();
    give_up_chunk(); /* there is none but in IDLE */
    moat_port_unmask(masked);
}

void moat_take_begin_marking(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    give_up_chunk();
    moat_holes_move(&moat_heap.aside, &moat_heap.lists);
    moat_heap.search.used = false;
    moat_search_open();
}

void moat_take_begin_sweep(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_SWEEP);
    moat_heap.listed = 0;
    moat_holes_forget(&moat_heap.aside);
}

void moat_take_begin_idle(void) {
    MOAT_ASSERT(moat_port_is_masked());
    MOAT_ASSERT(moat_heap.cycle.phase == MOAT_PHASE_IDLE);
    moat_search_restart();
}
