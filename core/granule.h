/* moat: addresses, granules, headers and the two bits of each granule. Internal to core.
 *
 * A granule begins one word before a payload's alignment, so that a header is a granule's first word and the payload
 * behind it is aligned. A header holds the type (low bits: its offset in the types' section / 16, and the array flag)
 * and, while the object is grey, the granule of the next grey object of its arena.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_GRANULE_H
#define MOAT_GRANULE_H

#include "moat_heap.h"
#include "sections.h"

#define MOAT_GRANULE_SHIFT (MOAT_WORD_BYTES == 4 ? 3u : 4u)
#define MOAT_HEADER_TYPE_BITS (MOAT_WORD_BYTES == 4 ? 12u : 32u)
#define MOAT_HEADER_TYPE_MASK (((moat_word)1 << MOAT_HEADER_TYPE_BITS) - 1)
#define MOAT_HEADER_ARRAY ((moat_word)1)
#define MOAT_TYPE_SHIFT (MOAT_WORD_BYTES == 4 ? 5u : 6u) /* of MOAT_TYPE_ALIGN */
#define MOAT_HEADER_TYPE_SHIFT 4u /* types are aligned to 32 bytes at least: bit 0 is left for the flag */
#define MOAT_LINK_NONE (MOAT_WORD_BYTES == 4 ? 0xfffffu : 0xffffffffu)

#define MOAT_NO_GRANULE UINT32_MAX

/* Larger requests leave the cursor's chunk alone; smaller ones never fill a whole bitmap word (INV-3). */
#define MOAT_CHUNK_GRANULES 32u
#define MOAT_MARKING_CHUNK_GRANULES 8u
#define MOAT_SMALL_GRANULES 31u

static inline uint32_t moat_granules(uintptr_t bytes) {
    return (uint32_t)(bytes >> MOAT_GRANULE_SHIFT);
}

static inline uintptr_t moat_bytes(uint32_t granules) {
    return (uintptr_t)granules << MOAT_GRANULE_SHIFT;
}

/* The arena whose granules p lies in, or NULL. Bounded by MOAT_CONFIG_ARENAS_MAX. */
static inline struct moat_arena *moat_arena_of(uintptr_t p) {
    for (uint32_t i = 0; i < moat_heap.arena_count; i++) {
        struct moat_arena *arena = moat_heap.arenas[i];
        if (p - arena->base < arena->span) {
            return arena;
        }
    }
    return NULL;
}

static inline uint32_t moat_granule_of(const struct moat_arena *arena, uintptr_t p) {
    return moat_granules(p - arena->base);
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

static inline const struct moat_type *moat_header_type(moat_word header) {
    moat_word offset = ((header & MOAT_HEADER_TYPE_MASK) & ~MOAT_HEADER_ARRAY) << MOAT_HEADER_TYPE_SHIFT;
    return (const struct moat_type *)((uintptr_t)moat_types_start + offset);
}

/* Whether a pointer is to an entry of the types' section. NULL is not. Low bits that should be 0 are turned to the top, where
 * they make the offset too large: one comparison does. */
static inline bool moat_type_known(const struct moat_type *type) {
    uintptr_t offset = (uintptr_t)type - (uintptr_t)moat_types_start;
    uintptr_t types = ((uintptr_t)moat_types_end - (uintptr_t)moat_types_start + MOAT_TYPE_ALIGN - 1) >> MOAT_TYPE_SHIFT;
    return (offset >> MOAT_TYPE_SHIFT | offset << (MOAT_WORD_BITS - MOAT_TYPE_SHIFT)) < types;
}

static inline uint32_t moat_bit(uint32_t granule) {
    return (uint32_t)1 << (granule & 31u);
}

static inline bool moat_is_start(const struct moat_arena *arena, uint32_t granule) {
    return (arena->bits[granule >> 5].start & moat_bit(granule)) != 0;
}

/* Of an object's first granule. */
static inline bool moat_is_white(const struct moat_arena *arena, uint32_t granule) {
    return ((arena->bits[granule >> 5].mark ^ moat_heap.live) & moat_bit(granule)) != 0;
}

static inline bool moat_type_has_slots(const struct moat_type *type) {
    return type->map != 0 || type->runs != NULL;
}

static inline uint32_t moat_type_granules(const struct moat_type *type) {
    return moat_granules(type->extent & ~MOAT_EXTENT_FINALIZED);
}

/* Copies words. All three are multiples of a word; the ranges do not overlap. */
void moat_copy_words(void *to, const void *from, uintptr_t bytes);

/* Clears [from, to), both aligned to a word. */
void moat_clear_words(uintptr_t from, uintptr_t to);

/* The granule after the object that starts at `granule`. Cost: bitmap levels. */
uint32_t moat_object_end(const struct moat_arena *arena, uint32_t granule);

/* The first granule of the object that `granule` belongs to, or MOAT_NO_GRANULE if it is free. Cost: bitmap levels. */
uint32_t moat_object_start(const struct moat_arena *arena, uint32_t granule);

#endif
