/* moat: going over all memory of the arenas in pieces. See walk.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/walk.h"

#include "base/bits.h"
#include "base/port.h"
#include "space/granule.h"

void moat_walk_begin(struct moat_walk *walk) {
    walk->arena = moat_heap.arenas.count == 0 ? NULL : moat_heap.arenas.table[0];
    walk->granule = 0;
}

/* The lowest ones of `bits`, of a word of which only the upper part, from granule `bit` on, was moved down. */
static uint32_t ones(uint32_t bits, uint32_t bit) {
    uint32_t count = ~bits == 0 ? 32 : moat_lowest_bit(~bits);
    return count < 32 - bit ? count : 32 - bit;
}

/* Free granules, or the rest of what began before: of one bitmap word, and not into the chunk. */
static void look_between(struct moat_piece *piece) {
    const struct moat_arena *arena = piece->arena;
    const struct moat_bits *bits = &arena->bits[piece->first >> 5];
    uint32_t bit = piece->first & 31u;
    uint32_t free = ones(~(bits->start | bits->mark) >> bit, bit);
    uint32_t inside = ones(moat_inside(bits) >> bit, bit);
    uintptr_t to_chunk = moat_heap.chunk.at - moat_granule_address(arena, piece->first);
    piece->kind = free != 0 ? MOAT_PIECE_FREE : MOAT_PIECE_OTHER;
    piece->granules = free != 0 ? free : inside;
    if (to_chunk != 0 && to_chunk < moat_bytes(piece->granules)) {
        piece->granules = moat_granules(to_chunk);
    }
}

/* Interrupts masked. Tells the granule's kind; the length of what starts there is found later. */
static void look(struct moat_piece *piece) {
    const struct moat_arena *arena = piece->arena;
    uintptr_t at = moat_granule_address(arena, piece->first);
    if (piece->first < arena->first) {
        piece->kind = MOAT_PIECE_OTHER;
        piece->granules = arena->first - piece->first;
    } else if (at - moat_heap.chunk.at < moat_heap.chunk.limit - moat_heap.chunk.at) {
        piece->kind = MOAT_PIECE_FREE;
        piece->granules = moat_granules(moat_heap.chunk.limit - at);
    } else if (moat_is_start(arena, piece->first)) {
        piece->header = *moat_header_at(at);
        piece->granules = 0;
        piece->kind = moat_is_hole(piece->header)         ? MOAT_PIECE_FREE
                      : moat_is_dead(arena, piece->first) ? MOAT_PIECE_OTHER
                                                          : MOAT_PIECE_OBJECT;
        MOAT_REQUIRE(piece->kind != MOAT_PIECE_OBJECT || moat_header_known(piece->header), 4, at);
    } else {
        look_between(piece);
    }
}

bool moat_walk_next(struct moat_walk *walk, struct moat_piece *piece) {
    while (walk->arena != NULL && walk->granule >= walk->arena->granules - 1) {
        walk->arena = walk->arena->next;
        walk->granule = 0;
    }
    if (walk->arena == NULL) {
        return false;
    }
    piece->arena = walk->arena;
    piece->first = walk->granule;
    moat_port_mask_t masked = moat_port_mask();
    look(piece);
    moat_port_unmask(masked);
    if (piece->granules == 0) {
        piece->granules = moat_object_end(piece->arena, piece->first) - piece->first;
    }
    walk->granule += piece->granules;
    return true;
}

void moat_census_begin(struct moat_census *census) {
    moat_walk_begin(&census->walk);
    census->cycle = moat_heap.stats.cycles;
    census->walks = true;
}

bool moat_census_walks(struct moat_census *census) {
    if (!census->walks && census->cycle != moat_heap.stats.cycles) {
        moat_census_begin(census);
    }
    return census->walks;
}

bool moat_census_next(struct moat_census *census, struct moat_piece *piece) {
    census->walks = moat_walk_next(&census->walk, piece);
    return census->walks;
}
