/* moat: addresses, granules, headers and the two bits of each granule. Internal to core.
 *
 * A granule begins one word before a payload's alignment, so that a header is a granule's first word and the payload
 * behind it is aligned. A header holds the type (low bits: its offset in the types' section / 16, and the array flag)
 * and, while the object is grey, the granule of the next grey object of its arena.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GRANULE_H
#define MOAT_GRANULE_H

#include "moat.h"
#include "moat_heap.h"
#include "fault/assert.h"
#include "base/sections.h"

#define MOAT_GRANULE_SHIFT (MOAT_WORD_BYTES == 4 ? 3u : 4u)
#define MOAT_HEADER_TYPE_BITS (MOAT_WORD_BYTES == 4 ? 12u : 32u)
#define MOAT_HEADER_TYPE_MASK (((moat_word)1 << MOAT_HEADER_TYPE_BITS) - 1)
#define MOAT_HEADER_ARRAY ((moat_word)1)
#define MOAT_TYPE_SHIFT (MOAT_WORD_BYTES == 4 ? 5u : 6u) /* of MOAT_TYPE_ALIGN */
#define MOAT_HEADER_TYPE_SHIFT 4u /* types are aligned to 32 bytes at least: bit 0 is left for the flag */
#define MOAT_LINK_NONE (MOAT_WORD_BYTES == 4 ? 0xfffffu : 0xffffffffu)

#define MOAT_NO_GRANULE UINT32_MAX

/* Larger requests are no business of the cursor; smaller ones never fill a whole bitmap word (INV-3). */
#define MOAT_SMALL_GRANULES 31u

/* The granules that one bitmap word stands for. */
#define MOAT_WORD_GRANULES 32u
#define MOAT_WORD_SPAN (MOAT_WORD_GRANULES * MOAT_GRANULE)

static inline uint32_t moat_granules(uintptr_t bytes) {
    return (uint32_t)(bytes >> MOAT_GRANULE_SHIFT);
}

static inline uintptr_t moat_bytes(uint32_t granules) {
    return (uintptr_t)granules << MOAT_GRANULE_SHIFT;
}

/* Interrupts masked: of all holes, what is left of the cursor's chunk included. */
static inline uintptr_t moat_free_bytes(void) {
    return moat_bytes(moat_heap.free_granules) + (moat_heap.cursor.limit - moat_heap.cursor.at);
}

/* The arena whose granules p lies in, or NULL. The first is tried first. Bounded by MOAT_CONFIG_ARENAS_MAX. */
static inline struct moat_arena *moat_arena_of(uintptr_t p) {
    if (p - moat_heap.border.home < moat_heap.border.home_span) {
        return moat_heap.arenas.table[0];
    }
    for (uint32_t i = 1; i < moat_heap.arenas.count; i++) {
        struct moat_arena *arena = moat_heap.arenas.table[i];
        if (p - arena->low < arena->span) {
            return arena;
        }
    }
    return NULL;
}

static inline uint32_t moat_granule_of(const struct moat_arena *arena, uintptr_t p) {
    return moat_granules(p - arena->base);
}

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
    return ((uintptr_t)type - (uintptr_t)moat_types_start) >> MOAT_HEADER_TYPE_SHIFT;
}

/* The header of objects of raw bytes. */
static inline moat_word moat_bytes_header(void) {
    return moat_header_of_type(&moat_type_bytes) | MOAT_HEADER_ARRAY;
}

static inline const struct moat_type *moat_header_type(moat_word header) {
    moat_word offset = ((header & MOAT_HEADER_TYPE_MASK) & ~MOAT_HEADER_ARRAY) << MOAT_HEADER_TYPE_SHIFT;
    return (const struct moat_type *)((uintptr_t)moat_types_start + offset);
}

/* Whether a pointer is to an entry of the types' section. NULL is not, nor is any before moat_init. Low bits that
 * should be 0 are turned to the top, where they make the offset too large: one comparison does. */
static inline bool moat_type_known(const struct moat_type *type) {
    uintptr_t offset = (uintptr_t)type - (uintptr_t)moat_types_start;
    return (offset >> MOAT_TYPE_SHIFT | offset << (MOAT_WORD_BITS - MOAT_TYPE_SHIFT)) < moat_heap.types.count;
}

/* Whether a header names a type. */
static inline bool moat_header_known(moat_word header) {
    return moat_type_known(moat_header_type(header));
}

/* Whether marking has to look into an object with this header. */
static inline bool moat_header_has_slots(moat_word header) {
    return (header & MOAT_HEADER_TYPE_MASK) < moat_heap.types.leaf_header;
}

static inline uint32_t moat_bit(uint32_t granule) {
    return (uint32_t)1 << (granule & 31u);
}

static inline bool moat_is_start(const struct moat_arena *arena, uint32_t granule) {
    return (arena->bits[granule >> 5].start & moat_bit(granule)) != 0;
}

/* `granule` is an object's first. */
static inline bool moat_is_white(const struct moat_arena *arena, uint32_t granule) {
    return (arena->bits[granule >> 5].mark & moat_bit(granule)) != 0;
}

/* Whether a bitmap word lies wholly inside one object (moat_heap.h). */
static inline bool moat_is_covered(const struct moat_bits *bits) {
    return bits->start == 0 && (bits->mark & 3u) == 2;
}

/* In a covered word: how many words before it the object starts, and how many behind it it ends. */
static inline uint32_t moat_words_back(const struct moat_bits *bits) {
    return bits->mark >> 17;
}

static inline uint32_t moat_words_ahead(const struct moat_bits *bits) {
    return bits->mark >> 2 & 0x7fffu;
}

static inline void moat_cover(struct moat_bits *bits, uint32_t back, uint32_t ahead) {
    bits->start = 0;
    bits->mark = back << 17 | ahead << 2 | 2u;
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

/* Whether an object made there now must be black: marking, or the sweep to come, would take it for dead else. */
static inline bool moat_born_black(const struct moat_arena *arena, uint32_t granule) {
    return moat_heap.cycle.phase == MOAT_PHASE_MARK ||
           (moat_heap.cycle.phase == MOAT_PHASE_SWEEP && moat_is_unswept(arena, granule >> 5));
}

static inline bool moat_type_has_slots(const struct moat_type *type) {
    return type->map != 0 || type->runs != NULL;
}

static inline uint32_t moat_type_granules(const struct moat_type *type) {
    return moat_granules(type->extent & ~MOAT_EXTENT_FINALIZED);
}

/* The granule after the object that starts at `granule`. Cost: constant. */
uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule);

/* The first granule of the object that `granule` belongs to, or MOAT_NO_GRANULE if it is free. Cost:
 * constant. */
uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule);

#endif
