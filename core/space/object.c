/* moat: from an address to its object. See granule.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "fault/assert.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"

MOAT_TYPE(moat_type_bytes, unsigned char);

MOAT_SHARE_(struct moat_arena *moat_arena_of(uintptr_t p), { return moat_arena_of_here(p); })
MOAT_SHARE_(void moat_set_start(uintptr_t bias, uintptr_t at), { moat_set_start_here(bias, at); })

/* True where the sweep has freed the front of a dead object and not yet its rest, which begins with this word: a new
 * object that reaches up to here ends here. */
static bool begins_half_swept(const struct moat_arena *arena, uint32_t word) {
    return moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word == moat_heap.sweep.word;
}

/* The first granule behind `granule` that is not inside an object. The fence is not. */
static uint32_t inside_end(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5;
    uint32_t other = ~moat_inside(&arena->bits[word]) & ~moat_bit_range(0, (granule & 31u) + 1);
    while (other == 0) {
        word++;
        if (begins_half_swept(arena, word)) {
            return word << 5;
        }
        other = ~moat_inside(&arena->bits[word]);
    }
    return (word << 5) + moat_lowest_bit(other);
}

/* The object before the chunk ends there. The chunk's place is read first: a handler may make objects in it. */
uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule) {
    MOAT_ASSERT(moat_is_object_granule(arena, granule) || granule == arena->granules - 1);
    uintptr_t chunk = *(volatile uintptr_t *)&moat_heap.chunk.at;
    uint32_t end = inside_end(arena, granule);
    uintptr_t at = moat_granule_address(arena, granule);
    bool before = chunk > at && chunk < moat_granule_address(arena, end);
    return before ? moat_granule_of(arena, chunk) : end;
}

uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule) {
    uint32_t word = granule >> 5, bit = moat_bit(granule);
    MOAT_ASSERT(word <= moat_arena_words(arena)); /* the bitmap has one more */
    const struct moat_bits *bits = &arena->bits[word];
    if ((bits->start & bit) != 0) {
        return granule;
    }
    bool in_chunk =
        moat_granule_address(arena, granule) - moat_heap.chunk.at < moat_heap.chunk.limit - moat_heap.chunk.at;
    if ((bits->mark & bit) == 0 || in_chunk) {
        return MOAT_NO_GRANULE;
    }
    uint32_t starts = bits->start & (bit - 1);
    bool half = moat_heap.sweep.carry != 0 && moat_heap.sweep.arena == arena && word >= moat_heap.sweep.word;
    uint32_t least = half ? moat_heap.sweep.word : 0, back = 1;
    while (starts == 0) {
        if (back == 0 || back > word - least) {
            return MOAT_NO_GRANULE; /* the object's front has been freed; or nothing has begun, in the first word */
        }
        word -= back;
        back = arena->back[word];
        starts = arena->bits[word].start;
    }
    return (word << 5) + moat_highest_bit(starts);
}

void moat_object_back(const struct moat_arena *arena, uintptr_t at, uint32_t granules) {
    uint32_t first = moat_granule_of(arena, at), word = first >> 5, words = (first + granules + 31) >> 5;
    for (uint32_t back = 1; word + back + 1 < words; back++) {
        arena->back[word + back] = (uint8_t)(back < UINT8_MAX ? back : UINT8_MAX);
    }
}

/* Interrupts masked: a handler's allocation next to the object would change bits that belong together. Returns its
 * first granule, or MOAT_NO_GRANULE: there is no object, or one that is dead. */
static uint32_t find_start(const struct moat_arena *arena, uintptr_t address) {
    uint32_t start = moat_object_start(arena, moat_granule_of(arena, address));
    if (start == MOAT_NO_GRANULE || start == arena->granules - 1) {
        return MOAT_NO_GRANULE;
    }
    uintptr_t begin = moat_granule_address(arena, start);
    bool dead = moat_is_dead(arena, start);
    bool hole = moat_is_hole(*moat_header_at(begin));
    return dead || hole || address < moat_payload_at(begin) ? MOAT_NO_GRANULE : start;
}

/* The object's end is looked for with interrupts on: handlers can neither free it nor join anything to it. */
bool moat_object_find(const void *p, struct moat_object *out) {
    const struct moat_arena *arena = moat_arena_of((uintptr_t)p);
    if (arena == NULL) {
        return false;
    }
    moat_port_mask_t masked = moat_port_mask();
    uint32_t start = find_start(arena, (uintptr_t)p);
    moat_port_unmask(masked);
    if (start == MOAT_NO_GRANULE) {
        return false;
    }
    if (out != NULL) {
        uintptr_t begin = moat_granule_address(arena, start);
        moat_word header = *moat_header_at(begin);
        MOAT_REQUIRE(moat_header_known(header), 4, begin);
        out->start = (void *)moat_payload_at(begin);
        out->bytes = moat_granule_address(arena, moat_object_end(arena, start)) - moat_payload_at(begin);
        out->type = moat_header_type(header);
        out->array = (header & MOAT_HEADER_ARRAY) != 0;
    }
    return true;
}
