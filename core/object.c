/* moat: from an address to its object. See granule.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "bits.h"
#include "cover.h"
#include "granule.h"
#include "moat.h"
#include "port.h"

/* True where the sweep has freed the front of a dead object and not yet its rest, which begins with this word: a new
 * object that reaches up to here ends here. */
static bool begins_half_swept(const struct moat_arena *arena, uint32_t word) {
    return moat_heap.sweep_carry != 0 && word == moat_heap.sweep_word && moat_heap.phase == MOAT_PHASE_SWEEP &&
           moat_heap.arenas[moat_heap.sweep_arena] == arena;
}

uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5;
    uint32_t not_rest = ~(arena->bits[word].mark & ~arena->bits[word].start) & ~moat_bit_range(0, (granule & 31u) + 1);
    while (not_rest == 0) {
        word = moat_cover_next(arena, word + 1);
        if (begins_half_swept(arena, word)) {
            return word << 5;
        }
        not_rest = ~(arena->bits[word].mark & ~arena->bits[word].start);
    }
    return (word << 5) + moat_lowest_bit(not_rest);
}

uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5, bit = moat_bit(granule);
    const struct moat_bits *bits = &arena->bits[word];
    if ((bits->start & bit) != 0) {
        return granule;
    }
    if ((bits->mark & bit) == 0 && !moat_cover_test(arena, word)) {
        return MOAT_NO_GRANULE;
    }
    uint32_t starts = bits->start & (bit - 1);
    while (starts == 0) {
        if (begins_half_swept(arena, word)) {
            return MOAT_NO_GRANULE;
        }
        word = moat_cover_prev(arena, word - 1);
        starts = arena->bits[word].start;
    }
    return (word << 5) + moat_highest_bit(starts);
}

/* Interrupts masked: a handler's allocation next to the object would change bits that belong together. */
static bool find(uintptr_t address, struct moat_object *out) {
    const struct moat_arena *arena = moat_arena_of(address);
    if (arena == NULL) {
        return false;
    }
    uint32_t start = moat_object_start(arena, moat_granule_of(arena, address));
    if (start == MOAT_NO_GRANULE) {
        return false;
    }
    uintptr_t begin = moat_granule_address(arena, start);
    bool fence = begin == moat_heap.cursor || start == arena->granules - 1;
    bool dead = moat_heap.phase == MOAT_PHASE_SWEEP && moat_is_white(arena, start);
    if (fence || dead || address < moat_payload_at(begin)) {
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
