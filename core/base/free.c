/* moat: how much is free. See free.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/free.h"

#include "base/bits.h"
#include "base/port.h"

#define WORDS_AT_ONCE 16u

/* Holes and the chunk. */
static uintptr_t known_bytes(void) {
    return (uintptr_t)moat_heap.listed * MOAT_GRANULE + (moat_heap.chunk.limit - moat_heap.chunk.at);
}

static uint32_t free_in(const struct moat_bits *bits, uint32_t words) {
    uint32_t granules = 0;
    for (; words != 0; words--, bits++) {
        uint32_t free = ~(bits->start | bits->mark);
        granules += free == 0 ? 0 : moat_count_bits(free);
    }
    return granules;
}

static uint32_t free_in_arena(const struct moat_arena *arena) {
    uint32_t granules = 0, words = (arena->granules + 31) >> 5;
    for (uint32_t word = 0; word < words; word += WORDS_AT_ONCE) {
        moat_port_mask_t masked = moat_port_mask();
        granules += free_in(&arena->bits[word], words - word < WORDS_AT_ONCE ? words - word : WORDS_AT_ONCE);
        moat_port_unmask(masked);
    }
    return granules;
}

/* A fault record asks too, when anything may be damaged: an arena's struct stands before its granules, its bits behind
 * it. */
static bool plausible(const struct moat_arena *arena) {
    const struct moat_border *border = &moat_heap.border;
    uintptr_t at = (uintptr_t)arena, metadata = border->span / 16 + 256;
    return at % sizeof(uintptr_t) == 0 && at - (border->low - metadata) < border->span + metadata &&
           arena->bits == (const struct moat_bits *)(arena + 1) && arena->granules / 32 < border->span / MOAT_GRANULE;
}

uintptr_t moat_free_bytes(void) {
    uint32_t granules = 0;
    for (uint32_t i = 0; i < moat_heap.arenas.count && i < MOAT_CONFIG_ARENAS_MAX; i++) {
        granules += plausible(moat_heap.arenas.table[i]) ? free_in_arena(moat_heap.arenas.table[i]) : 0;
    }
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t known = known_bytes();
    moat_port_unmask(masked);
    return (uintptr_t)granules * MOAT_GRANULE + known;
}

#if MOAT_CONFIG_EVENTS > 0
uint32_t moat_event_free_bytes(void) {
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t bytes = (uintptr_t)moat_heap.free_granules * MOAT_GRANULE + known_bytes();
    moat_port_unmask(masked);
    return (uint32_t)bytes;
}
#endif
