/* moat: taking free memory for small objects. See take.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/take.h"

#include "base/bits.h"
#include "base/clear.h"
#include "base/port.h"
#include "space/bitmap.h"
#include "space/holes.h"
#include "space/search.h"

/* Free runs that one masked step looks at. */
#define RUNS_AT_ONCE 3u

static uintptr_t make(uintptr_t at, uint32_t granules, moat_word header) {
    moat_clear_words(moat_payload_at(at), at + moat_bytes(granules));
    *moat_header_at(at) = header;
    return at;
}

/* ---- IDLE ---- */

static void give_up_chunk(void) {
    struct moat_chunk *chunk = &moat_heap.chunk;
    if (chunk->at != chunk->limit) {
        moat_holes_file(&moat_heap.lists, chunk->bias, chunk->at, moat_granules(chunk->limit - chunk->at));
    }
    chunk->at = chunk->limit = 0;
}

/* A free run of `size` granules, its mark bits set, the last of which from `dirty` on are not zero: the object at its
 * front, and a chunk of what follows. */
static uintptr_t adopt(uintptr_t at, uint32_t size, uintptr_t dirty, uint32_t granules, moat_word header) {
    uintptr_t end = at + moat_bytes(size), next = at + moat_bytes(granules), bias = moat_heap.search.arena->bias;
    if (next != end) {
        give_up_chunk();
        moat_heap.chunk.at = next;
        moat_heap.chunk.limit = end;
        moat_heap.chunk.bias = bias;
    }
    moat_clear_words(dirty, end);
    moat_bits_at(bias, at)->start |= moat_bit_at(at);
    *moat_header_at(at) = header;
    return at;
}

/* As the fast path does, which arrays and flexible objects do not take. */
static uintptr_t take_from_chunk(uint32_t granules, moat_word header) {
    uintptr_t at = moat_heap.chunk.at;
    moat_heap.chunk.at = at + moat_bytes(granules);
    moat_bits_at(moat_heap.chunk.bias, at)->start |= moat_bit_at(at);
    *moat_header_at(at) = header;
    return at;
}

/* Masked. *more: there may be more free runs before the stop. */
static uintptr_t take_white(uint32_t granules, moat_word header, bool *more) {
    struct moat_chunk *chunk = &moat_heap.chunk;
    if (chunk->limit - chunk->at >= moat_bytes(granules)) {
        return take_from_chunk(granules, header);
    }
    uintptr_t at = moat_holes_cut(&moat_heap.lists, granules);
    if (at != 0) {
        return make(at, granules, header);
    }
    for (uint32_t runs = RUNS_AT_ONCE; runs != 0; runs--) {
        uint32_t size = moat_search_next(&at, true, more);
        if (size == 0) {
            return 0;
        }
        uintptr_t bias = moat_heap.search.arena->bias, dirty = at;
        if (at == chunk->limit && chunk->at != chunk->limit) {
            at = chunk->at;
            size += moat_granules(dirty - at);
            chunk->at = chunk->limit = 0;
        }
        if (size >= granules) {
            return adopt(at, size, dirty, granules, header);
        }
        moat_holes_file(&moat_heap.lists, bias, at, size);
    }
    *more = true;
    return 0;
}

/* ---- MARK and SWEEP ---- */

/* The run's rest becomes a hole while marking; while sweeping it stays free, and the next IDLE finds it. */
static void give_up_run(void) {
    struct moat_search *search = &moat_heap.search;
    uintptr_t at = search->run_at;
    uint32_t size = moat_granules(search->run_end - at);
    if (size != 0 && moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        moat_bitmap_set_inside(search->run_arena, moat_granule_of(search->run_arena, at), size);
        moat_heap.free_granules -= size;
        moat_holes_file(&moat_heap.aside, search->run_arena->bias, at, size);
    }
    search->run_at = search->run_end = 0;
}

/* Masked. Finds a run of `granules` or more; smaller ones are passed. */
static bool find_run(uint32_t granules, bool *more) {
    struct moat_search *search = &moat_heap.search;
    give_up_run();
    for (uint32_t runs = RUNS_AT_ONCE; runs != 0; runs--) {
        uintptr_t at;
        uint32_t size = moat_search_next(&at, false, more);
        moat_heap.pace.usable -= size < moat_heap.pace.usable ? size : moat_heap.pace.usable;
        if (size >= granules) {
            search->run_at = at;
            search->run_end = at + moat_bytes(size);
            search->run_arena = search->arena;
            return true;
        }
        if (size == 0) {
            if (!*more && moat_heap.cycle.phase == MOAT_PHASE_SWEEP) {
                *more = moat_search_follow();
            }
            return false;
        }
    }
    *more = true;
    return false;
}

static void count_payment(uint32_t granules) {
    moat_heap.pace.payments += granules < MOAT_PAYMENT_GRANULES ? MOAT_PAYMENT_GRANULES : granules;
    moat_heap.pace.paid_for += granules;
}

/* Masked. */
static uintptr_t take_in_cycle(uint32_t granules, moat_word header, bool *more) {
    struct moat_search *search = &moat_heap.search;
    uintptr_t at = 0;
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        at = moat_holes_cut(&moat_heap.aside, granules);
    }
    if (at != 0) {
        moat_bits_at(moat_arena_of(at)->bias, at)->mark &= ~moat_bit_at(at);
    } else {
        if (search->run_end - search->run_at < moat_bytes(granules) && !find_run(granules, more)) {
            return 0;
        }
        at = search->run_at;
        search->run_at = at + moat_bytes(granules);
        moat_bitmap_set_object(search->run_arena, moat_granule_of(search->run_arena, at), granules);
        moat_heap.free_granules -= granules;
    }
    count_payment(granules);
    return make(at, granules, header);
}

/* A handler in between may use up what was found: then it goes on. */
uintptr_t moat_take_small(uint32_t granules, moat_word header) {
    uintptr_t at;
    bool more;
    do {
        more = false;
        moat_port_mask_t masked = moat_port_mask();
        bool idle = moat_heap.cycle.phase == MOAT_PHASE_IDLE;
        at = idle ? take_white(granules, header, &more) : take_in_cycle(granules, header, &more);
        moat_port_unmask(masked);
    } while (at == 0 && more);
    return at;
}

/* ---- phases ---- */

void moat_take_begin_marking(void) {
    give_up_chunk();
    for (uint32_t i = 0; i < MOAT_LISTS; i++) {
        moat_heap.aside.holes[i] = moat_heap.lists.holes[i];
    }
    moat_heap.aside.map = moat_heap.lists.map;
    moat_holes_forget(&moat_heap.lists);
    moat_search_open();
    moat_heap.pace.payments = moat_heap.pace.paid_for = 0;
}

void moat_take_begin_sweep(void) {
    moat_holes_forget(&moat_heap.aside);
    moat_heap.listed = 0;
}

void moat_take_begin_idle(void) {
    moat_search_restart();
}
