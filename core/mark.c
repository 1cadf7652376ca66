/* moat: marking. See mark.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark.h"

#include "bits.h"
#include "granule.h"

/* White to grey, or to black where there is nothing to scan. */
static inline void mark(struct moat_arena *arena, uint32_t granule, struct moat_bits *bits, uint32_t bit) {
    uint32_t mark = bits->mark;
    if (((mark ^ moat_heap.live) & bit) == 0) {
        return;
    }
    bits->mark = mark ^ bit;
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
        mark(arena, start, &arena->bits[start >> 5], moat_bit(start));
    }
}

static inline void mark_value(uintptr_t address) {
    struct moat_arena *arena = moat_arena_of(address);
    if (arena == NULL) {
        return;
    }
    uintptr_t offset = address - arena->base;
    uint32_t granule = moat_granules(offset);
    struct moat_bits *bits = &arena->bits[granule >> 5];
    uint32_t bit = moat_bit(granule);
    if ((bits->start & bit) == 0) {
        mark_owner(arena, granule);
    } else if ((offset & (MOAT_GRANULE - 1)) >= MOAT_WORD_BYTES) {
        mark(arena, granule, bits, bit);
    }
}

void moat_mark_value(const void *value) {
    mark_value((uintptr_t)value);
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
            mark(arena, ahead, &arena->bits[ahead >> 5], moat_bit(ahead));
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

/* The slots of the map under way; a unit each. */
static uint32_t mark_mapped(struct moat_scan *scan, uint32_t units) {
    moat_word map = scan->map;
    moat_slot *at = scan->at;
    while (map != 0 && units != 0) {
        uint32_t skip = moat_lowest_bit_word(map);
        uintptr_t value = (uintptr_t)at[skip];
        at += skip + 1;
        map = (map >> skip) >> 1;
        units--;
        if (value - moat_heap.low < moat_heap.span) {
            mark_value(value);
        }
    }
    scan->map = map;
    scan->at = at;
    return units;
}

/* Words that are all slots; a unit each. */
static uint32_t mark_dense(struct moat_scan *scan, uint32_t units) {
    moat_slot *at = scan->at;
    while ((uintptr_t)at < scan->dense_end && units != 0) {
        uintptr_t value = (uintptr_t)*at++;
        units--;
        if (value - moat_heap.low < moat_heap.span) {
            mark_value(value);
        }
    }
    scan->at = at;
    return units;
}

uint32_t moat_mark_some(uint32_t units) {
    struct moat_scan *scan = &moat_heap.scan;
    units = moat_mark_buffer(units);
    while (units != 0) {
        if (scan->map != 0) {
            units = mark_mapped(scan, units);
        } else if ((uintptr_t)scan->at < scan->dense_end) {
            units = mark_dense(scan, units);
        } else if (moat_scan_next_piece(scan) || begin_grey()) {
            units--;
        } else {
            break;
        }
    }
    return units;
}
