/* moat: marking. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark.h"

#include "bits.h"
#include "granule.h"

/* White to grey, or to black where there is nothing to scan. */
static void mark(struct moat_arena *arena, uint32_t granule) {
    struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = moat_bit(granule);
    if (((bits->mark ^ moat_heap.live) & bit) == 0) {
        return;
    }
    bits->mark ^= bit;
    moat_heap.stats.marked++;
    moat_raw *header = moat_header_at(moat_granule_address(arena, granule));
    if (moat_type_has_slots(moat_header_type(*header))) {
        *header = (*header & MOAT_HEADER_TYPE_MASK) | ((moat_word)arena->grey << MOAT_HEADER_TYPE_BITS);
        arena->grey = granule;
    }
}

/* Marks the object that a granule belongs to, if it belongs to one. The fences are live by their colour (INV-1). */
static void mark_owner(struct moat_arena *arena, uint32_t granule) {
    uint32_t start = moat_object_start(arena, granule);
    if (start != MOAT_NO_GRANULE) {
        mark(arena, start);
    }
}

void moat_mark_value(const void *value) {
    uintptr_t address = (uintptr_t)value;
    struct moat_arena *arena = moat_arena_of(address);
    if (arena == NULL) {
        return;
    }
    uintptr_t offset = address - arena->base;
    uint32_t granule = moat_granules(offset);
    if (moat_is_start(arena, granule)) {
        if ((offset & (MOAT_GRANULE - 1)) >= MOAT_WORD_BYTES) {
            mark(arena, granule);
        }
    } else {
        mark_owner(arena, granule);
    }
}

void moat_mark_root(void *object) {
    if (moat_heap.phase == MOAT_PHASE_MARK) {
        moat_mark_value(object);
    }
}

/* The starts among the granules that follow `granule`, the next one in bit 0. */
static uint32_t starts_ahead(const struct moat_arena *arena, uint32_t granule) {
    uint32_t next = granule + 1, word = next >> 5, bit = next & 31u;
    uint32_t words = (arena->granules + 31) >> 5;
    uint32_t starts = word < words ? arena->bits[word].start >> bit : 0;
    if (bit > 32 - MOAT_BIAS_GRANULES && word + 1 < words) {
        starts |= arena->bits[word + 1].start << (32 - bit);
    }
    return starts & (((uint32_t)1 << MOAT_BIAS_GRANULES) - 1);
}

/* A loop that steps before it uses its pointer keeps the address one element before an array. The next granule's object is kept
 * if the word is two words before its payload, arrays if the word is up to MOAT_BIAS_GRANULES before theirs. */
static void mark_ahead(struct moat_arena *arena, uint32_t granule, bool in_header) {
    for (uint32_t starts = starts_ahead(arena, granule); starts != 0; starts &= starts - 1) {
        uint32_t ahead = granule + 1 + moat_lowest_bit(starts);
        moat_word header = *moat_header_at(moat_granule_address(arena, ahead));
        if ((ahead == granule + 1 && !in_header) || (header & MOAT_HEADER_ARRAY) != 0) {
            mark(arena, ahead);
        }
    }
}

void moat_mark_ambiguous(uintptr_t word) {
    struct moat_arena *arena = moat_arena_of(word);
    if (arena == NULL) {
        return;
    }
    uintptr_t offset = word - arena->base;
    uint32_t granule = moat_granules(offset);
    mark_owner(arena, granule);
    bool in_header = (offset & (MOAT_GRANULE - 1)) < MOAT_WORD_BYTES;
    if (in_header && granule != 0) {
        mark_owner(arena, granule - 1);
    }
    mark_ahead(arena, granule, in_header);
}

bool moat_mark_is_white(const void *object) {
    const struct moat_arena *arena = moat_arena_of((uintptr_t)object);
    return arena != NULL && moat_is_white(arena, moat_granule_of(arena, (uintptr_t)object));
}

/* Takes a grey object off its list and begins its scan: it is black from here on, and what the scan has still to visit is
 * grey in effect. False: nothing is grey. */
static bool begin_grey(void) {
    for (uint32_t i = 0; i < moat_heap.arena_count; i++) {
        struct moat_arena *arena = moat_heap.arenas[i];
        uint32_t granule = arena->grey;
        if (granule == MOAT_LINK_NONE) {
            continue;
        }
        uintptr_t at = moat_granule_address(arena, granule);
        moat_word header = *moat_header_at(at);
        arena->grey = (uint32_t)(header >> MOAT_HEADER_TYPE_BITS);
        const struct moat_type *type = moat_header_type(header);
        bool array = (header & MOAT_HEADER_ARRAY) != 0;
        uintptr_t start = moat_payload_at(at);
        uintptr_t end = array || type->flexible != 0 ? moat_granule_address(arena, moat_object_end(arena, granule))
                                                     : start + type->size;
        moat_scan_begin(&moat_heap.scan, type, start, end, array);
        return true;
    }
    return false;
}

uint32_t moat_mark_buffer(uint32_t units) {
    while (units != 0 && moat_heap.buffered != 0) {
        moat_mark_value(moat_heap.buffer[--moat_heap.buffered]);
        units--;
    }
    return units;
}

uint32_t moat_mark_some(uint32_t units) {
    units = moat_mark_buffer(units);
    while (units != 0) {
        moat_slot *slot = moat_scan_next(&moat_heap.scan, &units);
        if (slot != NULL) {
            moat_mark_value(*slot);
        } else if (units != 0) {
            if (!begin_grey()) {
                break;
            }
            units--;
        }
    }
    return units;
}
