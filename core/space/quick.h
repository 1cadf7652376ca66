/* moat: taking free memory that needs no search. Internal to core. docs/design.md, "Free memory".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_QUICK_H
#define MOAT_QUICK_H

#include "base/bits.h"
#include "base/free.h"
#include "space/granule.h"
#include "space/search.h"

/* Takes an object from a run that begins with granule `first` of the search's word, where it is too short, and goes on
 * in the next word. False: it does not, or not far enough. */
static inline bool moat_quick_take_across(uint32_t granules, uint32_t first, uintptr_t *at) {
    struct moat_place *place = &moat_heap.search.place;
    uint32_t front = UINT32_MAX << first;
    if ((front & ~place->mask) != 0 || place->word == place->group_end) {
        return false;
    }
    struct moat_bits *bits = &place->word[-1];
    uint32_t rest = ((uint32_t)1 << (granules + first - MOAT_WORD_GRANULES)) - 1, next = moat_free_mask(&bits[1]);
    if ((rest & ~next) != 0) {
        return false;
    }
    bits[0].start |= (uint32_t)1 << first;
    bits[0].mark |= front;
    bits[1].mark |= rest;
    *at = place->at + moat_bytes(first);
    place->mask = next & ~rest;
    place->word++;
    place->at += MOAT_WORD_SPAN;
    return true;
}

/* Interrupts masked, in IDLE. Takes the front of the next free run, if the search stands in its word or comes to it
 * next, and stores its address: a white object, whose header and contents are what they were. The rest of the run is
 * still to come. False: no run is at hand; or it is too short; or a whole word is free, of which the search makes a
 * chunk; or the run may go on from the chunk. granules 1..MOAT_EXACT_HOLES. Cost: constant. */
static inline bool moat_quick_take(uint32_t granules, uintptr_t *at) {
    struct moat_place *place = &moat_heap.search.place;
    uint32_t free = place->mask;
    if (free == 0) {
        if (place->word == place->group_end) {
            return false;
        }
        moat_search_look(place);
        free = place->mask;
        if (free == 0 || place->at == moat_heap.chunk.limit) {
            return false;
        }
    }
    if (free == UINT32_MAX) {
        return false;
    }
    uint32_t first = moat_lowest_bit(free), ones = ((uint32_t)1 << granules) - 1, taken = ones << first;
    if ((ones & ~(free >> first)) != 0) {
        if (first + granules <= MOAT_WORD_GRANULES || !moat_quick_take_across(granules, first, at)) {
            return false;
        }
    } else {
        struct moat_bits *bits = &place->word[-1];
        bits->start |= (uint32_t)1 << first;
        bits->mark |= taken;
        *at = place->at + moat_bytes(first);
        place->mask = free & ~taken;
    }
    moat_heap.search.used = true;
    moat_free_take(granules);
    return true;
}

#endif
