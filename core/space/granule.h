/* moat: addresses, granules, headers and the two bits of each granule. Internal to core.
 *
 * A granule begins one word before a payload's alignment, so that a header is a granule's first word and the payload
 * behind it is aligned. A header holds the type (high bits: its offset from the first type without slots / 16, negative
 * if the type has slots; and the array flag) and, while the object is grey, the granule of the next grey object of its
 * arena (low bits).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GRANULE_H
#define MOAT_GRANULE_H

#include "moat.h"
#include "moat_compiler.h"
#include "moat_heap.h"
#include "fault/assert.h"
#include "base/sections.h"

/* Numbers that readers of a heap's memory need too (tools/moat/heap/layout.py). They find them in the debug
 * information, where macros are not. */
enum moat_layout {
    MOAT_GRANULE_SHIFT = MOAT_WORD_BYTES == 4 ? 3 : 4,
    MOAT_HEADER_LINK_BITS = MOAT_WORD_BYTES == 4 ? 20 : 32,
    MOAT_HEADER_ARRAY_BIT = MOAT_HEADER_LINK_BITS,
    MOAT_HEADER_TYPE_SHIFT = 4, /* types are aligned to 32 bytes at least: the lowest bit is left for the flag */
    MOAT_TYPE_SHIFT = MOAT_WORD_BYTES == 4 ? 5 : 6, /* of MOAT_TYPE_ALIGN */
    MOAT_WORD_GRANULES = 32,                        /* that one bitmap word stands for */
    MOAT_GROUP_WORDS = 32,                          /* bitmap words that share a full bit */
    MOAT_EXACT_HOLES = 29, /* holes of up to so many granules have a list for each size, those of fewer than */
    MOAT_LONG_HOLES = 33,  /* so many share the one behind, and all longer ones the last */
    MOAT_ARENA_BYTES_MAX = MOAT_WORD_BYTES == 4 ? 8 << 20 : 256 << 20,
};

#define MOAT_HEADER_LINK_MASK (((moat_word)1 << MOAT_HEADER_LINK_BITS) - 1)
#define MOAT_HEADER_ARRAY ((moat_word)1 << MOAT_HEADER_ARRAY_BIT)

/* In place of a type, of a hole: no type stands that far into the section. */
#define MOAT_HEADER_HOLE ((moat_word)INTPTR_MAX & ~MOAT_HEADER_LINK_MASK)

#define MOAT_NO_GRANULE UINT32_MAX

/* Larger requests are searched for in the bitmap. If a free run has so many granules, the first piece of it that the
 * search sees has (search.h). */
#define MOAT_SMALL_GRANULES 33u

#define MOAT_WORD_SPAN (MOAT_WORD_GRANULES * MOAT_GRANULE)
#define MOAT_WORD_SHIFT (MOAT_GRANULE_SHIFT + 5)

/* A unit of work, in instructions of a 32-bit core, about. */
#define MOAT_UNIT 12

/* While a cycle runs, a request for more granules pays for more than one (docs/pacing.md). */
#define MOAT_PAYMENT_GRANULES 8u

static inline uint32_t moat_granules(uintptr_t bytes) {
    return (uint32_t)(bytes >> MOAT_GRANULE_SHIFT);
}

static inline uintptr_t moat_bytes(uint32_t granules) {
    return (uintptr_t)granules << MOAT_GRANULE_SHIFT;
}

/* moat_arena_of(p): the arena whose granules p lies in, or NULL. The first is tried first. Bounded by
 * MOAT_CONFIG_ARENAS_MAX. */
static inline struct moat_arena *moat_arena_of_here(uintptr_t p) {
    if (p - moat_heap.border.home < moat_heap.border.home_span) {
        return moat_heap.arenas.table[0];
    }
    if (moat_heap.arenas.count < 2) {
        return NULL;
    }
    struct moat_arena *arena = moat_heap.arenas.table[0]->next;
    while (arena != NULL && p - arena->low >= arena->span) {
        arena = arena->next;
    }
    return arena;
}

MOAT_SHARED_(struct moat_arena *moat_arena_of(uintptr_t p), { return moat_arena_of_here(p); })

/* The arena whose memory, its bitmap included, p lies in, or NULL. Bounded by MOAT_CONFIG_ARENAS_MAX. */
static inline struct moat_arena *moat_arena_around(uintptr_t p) {
    struct moat_arena *arena = moat_heap.arenas.count == 0 ? NULL : moat_heap.arenas.table[0];
    while (arena != NULL && p - arena->start >= arena->end - arena->start) {
        arena = arena->next;
    }
    return arena;
}

/* The end of an arena's grey list: its fence, whose header is a hole's. */
static inline uint32_t moat_grey_end(const struct moat_arena *arena) {
    return arena->granules - 1;
}

static inline uint32_t moat_granule_of(const struct moat_arena *arena, uintptr_t p) {
    return moat_granules(p - arena->base);
}

/* The bits of the granule at an address. bias: its arena's. */
static inline struct moat_bits *moat_bits_at(uintptr_t bias, uintptr_t at) {
    return (struct moat_bits *)(bias + (at >> MOAT_WORD_SHIFT) * sizeof(struct moat_bits));
}

/* The bit of the granule at an address, in its bits. */
static inline uint32_t moat_bit_at(uintptr_t at) {
    return (uint32_t)1 << ((at >> MOAT_GRANULE_SHIFT) & 31u);
}

static inline void moat_set_start_here(uintptr_t bias, uintptr_t at) {
    moat_bits_at(bias, at)->start |= moat_bit_at(at);
}

/* moat_set_start(bias, at): sets the start bit of the granule at an address. */
MOAT_SHARED_(void moat_set_start(uintptr_t bias, uintptr_t at), { moat_set_start_here(bias, at); })

/* Whether p, inside an arena, points into a granule's first word, where an object would have its header. */
static inline bool moat_in_header(uintptr_t p) {
    return (p & MOAT_WORD_BYTES) != 0;
}

static inline uintptr_t moat_granule_address(const struct moat_arena *arena, uint32_t granule) {
    return arena->base + moat_bytes(granule);
}

static inline moat_raw *moat_header_at(uintptr_t granule_address) {
    return (moat_raw *)granule_address;
}

static inline uintptr_t moat_payload_at(uintptr_t granule_address) {
    return granule_address + MOAT_WORD_BYTES;
}

static inline moat_word moat_header_of_type(const struct moat_type *type) {
    return ((uintptr_t)type - MOAT_LEAF_TYPES_) << (MOAT_HEADER_LINK_BITS - MOAT_HEADER_TYPE_SHIFT);
}

static inline const struct moat_type *moat_header_type(moat_word header) {
    intptr_t offset = ((intptr_t)header >> MOAT_HEADER_LINK_BITS) & ~(intptr_t)1;
    return (const struct moat_type *)(MOAT_LEAF_TYPES_ + ((uintptr_t)offset << MOAT_HEADER_TYPE_SHIFT));
}

static inline uint32_t moat_header_link(moat_word header) {
    return (uint32_t)(header & MOAT_HEADER_LINK_MASK);
}

static inline moat_word moat_header_linked(moat_word header, uint32_t granule) {
    return (header & ~MOAT_HEADER_LINK_MASK) | granule;
}

/* Where a pointer to a type points in the types' section. */
static inline uintptr_t moat_type_offset(const struct moat_type *type) {
    return (uintptr_t)type - (uintptr_t)moat_types_start;
}

/* Whether an entry begins there. None does before moat_init. Low bits that should be 0 are turned to the top, where
 * they make the offset too large: one comparison does. */
static inline bool moat_offset_known(uintptr_t offset) {
    return (offset >> MOAT_TYPE_SHIFT | offset << (MOAT_WORD_BITS - MOAT_TYPE_SHIFT)) < moat_heap.types.count;
}

/* Whether a pointer is to an entry of the types' section. NULL is not, nor is any before moat_init. */
static inline bool moat_type_known(const struct moat_type *type) {
    return moat_offset_known(moat_type_offset(type));
}

/* The header of objects of the type there. */
static inline moat_word moat_header_of_offset(uintptr_t offset) {
    return moat_heap.types.first_header + (offset << (MOAT_HEADER_LINK_BITS - MOAT_HEADER_TYPE_SHIFT));
}

/* The headers that name a type are so many from that of the section's first on, whatever their links. */
static inline moat_word moat_headers_known(void) {
    return moat_heap.types.count << (MOAT_TYPE_SHIFT + MOAT_HEADER_LINK_BITS - MOAT_HEADER_TYPE_SHIFT);
}

/* Whether a header names a type. */
static inline bool moat_header_known(moat_word header) {
    return header - moat_header_of_type((const struct moat_type *)moat_types_start) < moat_headers_known();
}

/* All that memory of the heap says is checked against the bitmaps before it decides where core writes, or whom it
 * calls: a write past an object's end must not become control. Where MOAT_CONFIG_CHECK is 1 or more, checks that cost
 * more than one in a hundred instructions are made too. Then a trap: INV-`invariant` does not hold at `where`. */
#define MOAT_REQUIRE(condition, invariant, where)                                                                      \
    (__builtin_expect((condition), 1) ? (void)0 : moat_port_overwritten((invariant), (where)))
#define MOAT_REQUIRE_CHECK1(condition, invariant, where)                                                               \
    (MOAT_CONFIG_CHECK == 0 ? (void)0 : MOAT_REQUIRE(condition, invariant, where))

/* Whether marking has to look into an object with this header. */
static inline bool moat_header_has_slots(moat_word header) {
    return (intptr_t)header < 0;
}

static inline bool moat_is_hole(moat_word header) {
    return header >> MOAT_HEADER_LINK_BITS == MOAT_HEADER_HOLE >> MOAT_HEADER_LINK_BITS;
}

static inline uint32_t moat_bit(uint32_t granule) {
    return (uint32_t)1 << (granule & 31u);
}

static inline bool moat_is_start(const struct moat_arena *arena, uint32_t granule) {
    return (arena->bits[granule >> 5].start & moat_bit(granule)) != 0;
}

/* Whether something starts at an address that comes from memory which firmware may have written over. */
static inline bool moat_starts_at(uintptr_t at) {
    const struct moat_arena *arena = moat_arena_of(at);
    return arena != NULL && (at & (MOAT_GRANULE - 1)) == MOAT_WORD_BYTES &&
           moat_is_start(arena, moat_granule_of(arena, at));
}

/* `granule` is an object's first. */
static inline bool moat_is_white(const struct moat_arena *arena, uint32_t granule) {
    return (arena->bits[granule >> 5].mark & moat_bit(granule)) != 0;
}

/* The granules of a word that are inside objects. Where handlers may make objects meanwhile, the mark bits are read
 * first: a start that is made between the two readings then shows. */
static inline uint32_t moat_inside(const struct moat_bits *bits) {
    uint32_t mark = *(const volatile uint32_t *)&bits->mark;
    return mark & ~*(const volatile uint32_t *)&bits->start;
}

/* Whether a granule may be an object's: the fence is not. */
static inline bool moat_is_object_granule(const struct moat_arena *arena, uint32_t granule) {
    return granule >= arena->first && granule < arena->granules - 1;
}

static inline uint32_t moat_arena_words(const struct moat_arena *arena) {
    return (arena->granules + 31) >> 5;
}

/* Whether the sweep has still to come to this word. Phase SWEEP. */
static inline bool moat_is_unswept(const struct moat_arena *arena, uint32_t word) {
    const struct moat_arena *swept = moat_heap.sweep.arena;
    return swept != NULL && (arena->order > swept->order || (arena == swept && word >= moat_heap.sweep.word));
}

/* Whether the sweep will free the object that starts there. */
static inline bool moat_is_dead(const struct moat_arena *arena, uint32_t start) {
    return moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, start >> 5) &&
           moat_is_white(arena, start);
}

/* Whether an object made there now must be black: marking, or the sweep to come, would take it for dead else. */
static inline bool moat_born_black(const struct moat_arena *arena, uint32_t granule) {
    return moat_heap.cycle.phase == MOAT_PHASE_MARK ||
           (moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, granule >> 5));
}

static inline bool moat_type_has_slots(const struct moat_type *type) {
    return type->map != 0 || type->runs != NULL;
}

static inline uint32_t moat_type_granules(const struct moat_type *type) {
    return moat_granules(type->extent & ~MOAT_EXTENT_SLOW);
}

/* The granule after the object that starts at `granule`. Cost: a step for each 32 of its granules. */
uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule);

/* The first granule of the object (a hole is one) that `granule` belongs to, or MOAT_NO_GRANULE if it is free. Cost: a
 * step for each 255 of its bitmap words. */
uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule);

/* Writes the back bytes of an object of `granules` at an address, where it needs some: for words that it fills, if it
 * goes on behind them, which one of MOAT_SMALL_GRANULES never does. Cost: a step for each 32. */
void moat_object_back(const struct moat_arena *arena, uintptr_t at, uint32_t granules);

#endif
