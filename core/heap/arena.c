/* moat: making an arena. See arena.h, moat_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/arena.h"

#include "base/bits.h"
#include "base/clear.h"
#include "base/free.h"
#include "base/port.h"
#include "space/granule.h"
#include "space/search.h"
#include "space/sweep.h"

/* Until a cycle has shown how much marking needs, it begins when this part of the memory is left. */
#define FIRST_RESERVE 8u

static uintptr_t words_of(uintptr_t bits) {
    return (bits + 31) / 32;
}

/* Where an arena's parts stand, for a number of granules that objects can use and the fence. */
struct plan {
    uintptr_t bits;
    uintptr_t words;
    uintptr_t full; /* one bit for 32 words */
    uintptr_t back; /* one byte for each word */
    uintptr_t base; /* of granule 0 */
    uintptr_t low;
    uintptr_t end;
};

static void plan_arena(struct plan *plan, uintptr_t start, uintptr_t granules) {
    plan->bits = start + sizeof(struct moat_arena);
    plan->words = words_of(granules + 31) + 1;
    plan->full = plan->bits + plan->words * sizeof(struct moat_bits);
    plan->back = plan->full + words_of(words_of(plan->words)) * sizeof(uint32_t);
    uintptr_t at = plan->back + plan->words;
    plan->low = ((at + MOAT_WORD_BYTES + MOAT_GRANULE - 1) & ~(uintptr_t)(MOAT_GRANULE - 1)) - MOAT_WORD_BYTES;
    plan->base = ((plan->low - MOAT_WORD_BYTES) & ~(uintptr_t)(MOAT_WORD_SPAN - 1)) + MOAT_WORD_BYTES;
    plan->end = plan->low + granules * MOAT_GRANULE;
}

/* As many granules as fit with what describes them. The estimate leaves out the full bits, the last block's bits and
 * the padding: it is at most some hundreds too high in the largest arena, some fifty in small ones. */
static uintptr_t fit_arena(struct plan *plan, uintptr_t start, uintptr_t bytes) {
    uintptr_t room = bytes - sizeof(struct moat_arena);
    uintptr_t block = 1024 * MOAT_GRANULE + 32 * (sizeof(struct moat_bits) + 1) + sizeof(uint32_t) / 32;
    uintptr_t granules = room / block * 1024 + room % block / MOAT_GRANULE;
    plan_arena(plan, start, granules);
    while (plan->end - start > bytes) {
        granules--;
        plan_arena(plan, start, granules);
    }
    return granules;
}

/* Granules that cannot hold objects are never free: those before `low`, and behind the last, the fence, which ends the
 * object before it. The sweep takes it for one that has been reached. */
static void raise_fences(struct moat_arena *arena) {
    uint32_t fence = arena->granules - 1;
    arena->bits[0].mark = moat_bit_range(0, arena->first);
    arena->bits[fence >> 5].start |= moat_bit(fence);
    arena->bits[fence >> 5].mark |= moat_bit_range((fence & 31u) + 1, 32);
}

static struct moat_arena *build_arena(uintptr_t start, uintptr_t bytes) {
    struct plan plan;
    uintptr_t granules = fit_arena(&plan, start, bytes);
    moat_clear_words(start, plan.low & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    struct moat_arena *arena = (struct moat_arena *)start;
    arena->start = start;
    arena->end = start + bytes;
    arena->base = plan.base;
    arena->low = plan.low;
    arena->span = granules * MOAT_GRANULE;
    arena->first = moat_granule_of(arena, plan.low);
    arena->granules = arena->first + (uint32_t)granules;
    arena->bits = (struct moat_bits *)plan.bits;
    arena->bias = plan.bits - (plan.base >> MOAT_WORD_SHIFT) * sizeof(struct moat_bits);
    arena->back = (uint8_t *)plan.back;
    arena->full = (uint32_t *)plan.full;
    arena->grey = MOAT_LINK_NONE;
    arena->longest = MOAT_SMALL_GRANULES;
    arena->order = moat_heap.arenas.count;
    raise_fences(arena);
    return arena;
}

/* Widens the border that the barrier macros test. */
static void extend_border(const struct moat_arena *arena) {
    if (moat_heap.arenas.count == 1) {
        moat_heap.border.low = moat_heap.border.home = arena->low;
        moat_heap.border.span = moat_heap.border.home_span = arena->span;
        return;
    }
    uintptr_t high = moat_heap.border.low + moat_heap.border.span, end = arena->low + arena->span;
    moat_heap.border.low = arena->low < moat_heap.border.low ? arena->low : moat_heap.border.low;
    moat_heap.border.span = (end > high ? end : high) - moat_heap.border.low;
}

/* Masked. The memory of a new arena is free: in IDLE the search may use it at once, until the stop is placed anew. */
static void open_arena(struct moat_arena *arena) {
    uintptr_t room = arena->span - MOAT_GRANULE;
    uint32_t granules = moat_granules(room);
    bool first = moat_heap.arenas.count == 0;
    if (!first) {
        moat_heap.arenas.table[moat_heap.arenas.count - 1]->next = arena;
    }
    moat_heap.arenas.table[moat_heap.arenas.count++] = arena;
    extend_border(arena);
    moat_free_add(granules);
    moat_heap.pace.usable += granules;
    moat_heap.pace.reserve += granules / FIRST_RESERVE;
    moat_heap.stats.arena_bytes += room;
    moat_heap.arenas.largest = room > moat_heap.arenas.largest ? room : moat_heap.arenas.largest;
    if (first) {
        moat_search_restart();
    }
    if (!moat_heap.search.follows) {
        moat_search_open();
    }
    moat_sweep_begin_place();
}

/* Until the stop has its place again; while a cycle runs that is the sweep's business. */
static void place_stop(void) {
    for (bool placed = moat_heap.cycle.phase != MOAT_PHASE_IDLE; !placed;) {
        moat_port_mask_t masked = moat_port_mask();
        moat_sweep_some(MOAT_CONFIG_SLICE_UNITS);
        placed = moat_sweep_is_over();
        if (placed) {
            moat_sweep_set_stop();
        }
        moat_port_unmask(masked);
    }
}

void moat_arena_open(uintptr_t start, uintptr_t bytes) {
    struct moat_arena *arena = build_arena(start, bytes & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    moat_port_mask_t masked = moat_port_mask();
    open_arena(arena);
    moat_port_unmask(masked);
    place_stop();
}
