/* moat: from an address to its object. See granule.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"

MOAT_TYPE(moat_type_bytes, unsigned char);

/* True where the sweep has freed the front of a dead object and not yet its rest, which begins with this word: a new
 * object that reaches up to here ends here. */
static bool begins_half_swept(const struct moat_arena *arena, uint32_t word) {
    return moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word == moat_heap.sweep.word;
}

/* The first granule behind `granule` that is not the rest of an object. A word of rest and no more is the cursor's
 * chunk. */
static uint32_t rest_end(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5;
    const struct moat_bits *bits = &arena->bits[word];
    uint32_t not_rest = ~(bits->mark & ~bits->start) & ~moat_bit_range(0, (granule & 31u) + 1);
    if (not_rest == 0) {
        word++;
        bits = &arena->bits[word];
        if (moat_is_covered(bits) && !begins_half_swept(arena, word)) {
            word += moat_words_ahead(bits);
            bits = &arena->bits[word];
        }
        if (begins_half_swept(arena, word)) {
            return word << 5;
        }
        not_rest = ~(bits->mark & ~bits->start);
    }
    return (word << 5) + (not_rest == 0 ? 32 : moat_lowest_bit(not_rest));
}

/* The object before the cursor ends there, not with the chunk. */
uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule) || granule == arena->granules - 1);
    uint32_t end = rest_end(arena, granule);
    if (moat_heap.cursor.at < moat_heap.cursor.limit && arena == moat_heap.cursor.arena) {
        uint32_t cursor = moat_granule_of(arena, moat_heap.cursor.at);
        return granule < cursor && cursor < end ? cursor : end;
    }
    return end;
}

/* The start of the object that the end of a word lies in. */
static uint32_t start_of_last(const struct moat_arena *arena, uint32_t word) {
    const struct moat_bits *bits = &arena->bits[word];
    if (moat_is_covered(bits)) {
        uint32_t low = word - moat_words_back(bits), swept = moat_heap.sweep.word;
        if (moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word >= swept && low < swept) {
            return MOAT_NO_GRANULE; /* its front has been freed */
        }
        word = low;
    }
    return (word << 5) + moat_highest_bit(arena->bits[word].start);
}

uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5, bit = moat_bit(granule);
    MOAT_ASSERT(word <= moat_arena_words(arena)); /* the bitmap has one more */
    const struct moat_bits *bits = &arena->bits[word];
    if (moat_is_covered(bits)) {
        return start_of_last(arena, word);
    }
    if ((bits->start & bit) != 0) {
        return granule;
    }
    bool in_chunk =
        moat_granule_address(arena, granule) - moat_heap.cursor.at < moat_heap.cursor.limit - moat_heap.cursor.at;
    if ((bits->mark & bit) == 0 || in_chunk || granule < arena->first) {
        return MOAT_NO_GRANULE;
    }
    uint32_t starts = bits->start & (bit - 1);
    if (starts != 0) {
        return (word << 5) + moat_highest_bit(starts);
    }
    return begins_half_swept(arena, word) ? MOAT_NO_GRANULE : start_of_last(arena, word - 1);
}

/* Interrupts masked: a handler's allocation next to the object would change bits that belong together. */
static bool find(uintptr_t address, struct moat_object *out) {
    const struct moat_arena *arena = moat_arena_of(address);
    if (arena == NULL) {
        return false;
    }
    uint32_t start = moat_object_start(arena, moat_granule_of(arena, address));
    if (start == MOAT_NO_GRANULE || start == arena->granules - 1) {
        return false;
    }
    uintptr_t begin = moat_granule_address(arena, start);
    bool dead =
        moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, start >> 5) && moat_is_white(arena, start);
    if (dead || address < moat_payload_at(begin)) {
        return false;
    }
    moat_word header = *moat_header_at(begin);
    out->start = (void *)moat_payload_at(begin);
    out->bytes = moat_granule_address(arena, moat_object_end(arena, start)) - moat_payload_at(begin);
    out->type = moat_header_type(header);
    out->array = (header & MOAT_HEADER_ARRAY) != 0;
    return true;
}

bool moat_object_find(const void *p, struct moat_object *out) {
    struct moat_object found;
    moat_port_mask_t masked = moat_port_mask();
    bool is_object = find((uintptr_t)p, out == NULL ? &found : out);
    moat_port_unmask(masked);
    return is_object;
}
