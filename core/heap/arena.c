/* moat: making an arena. See arena.h, moat_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/arena.h"

#include "base/clear.h"
#include "base/free.h"
#include "base/port.h"
#include "space/granule.h"
#include "space/search.h"
#include "space/sweep.h"

/* Linked where arenas are added. */
#pragma weak moat_arena_join

/* Until a cycle has shown how much marking needs, it begins when this part of the memory is left. */
#define FIRST_RESERVE 8u

/* Words of stacks that can wait to be looked up: one for so many granules of the first arena, up to a most. */
#define WAITING_PART 64u
#define WAITING_MOST 64u

static uintptr_t words_of(uintptr_t bits) {
    return (bits + 31) / 32;
}

/* Only the first arena has room for them. */
static uintptr_t waiting_words(uint32_t order, uintptr_t granules) {
    uintptr_t words = order == 0 ? granules / WAITING_PART : 0;
    return words < WAITING_MOST ? words : WAITING_MOST;
}

/* Places the arena's parts, for a number of granules that objects can use and the fence. Returns the bytes that
 * it takes. */
MOAT_APART_ static uintptr_t plan(struct moat_arena *arena, uintptr_t granules) {
    uintptr_t words = words_of(granules + 31 + MOAT_WORD_GRANULES);
    arena->bits = (struct moat_bits *)(arena + 1);
    moat_raw *waiting = (moat_raw *)(arena->bits + words);
    arena->full = (uint32_t *)(waiting + waiting_words(arena->order, granules));
    arena->back = (uint8_t *)(arena->full + words_of(words_of(words)));
    uintptr_t at = (uintptr_t)(arena->back + words);
    arena->low = ((at + MOAT_WORD_BYTES + MOAT_GRANULE - 1) & ~(uintptr_t)(MOAT_GRANULE - 1)) - MOAT_WORD_BYTES;
    arena->base = ((arena->low - MOAT_WORD_BYTES) & ~(uintptr_t)(MOAT_WORD_SPAN - 1)) + MOAT_WORD_BYTES;
    arena->span = granules * MOAT_GRANULE;
    return arena->low + arena->span - (uintptr_t)arena;
}

/* As many granules as fit with what describes them: of those that are too many, half can be left out at once. */
static void fit(struct moat_arena *arena, uintptr_t bytes) {
    uintptr_t granules = moat_granules(bytes), taken;
    while ((taken = plan(arena, granules)) > bytes) {
        granules -= (taken - bytes) / (2 * MOAT_GRANULE) + 1;
    }
}

/* Granules that cannot hold objects are never free: those before `low`, and behind the last, the fence, which ends the
 * object before it, and the grey list. The sweep takes it for one that has been reached. */
static void raise_fences(struct moat_arena *arena) {
    uint32_t fence = moat_grey_end(arena), bit = moat_bit(fence);
    struct moat_bits *last = &arena->bits[fence >> 5];
    arena->bits[0].mark = moat_bit(arena->first) - 1;
    last->start = bit;
    last->mark |= 0 - 2 * bit; /* and all behind it */
    *moat_header_at(moat_granule_address(arena, fence)) = MOAT_HEADER_HOLE;
    arena->grey = fence;
}

static struct moat_arena *build_arena(uintptr_t start, uintptr_t bytes) {
    struct moat_arena *arena = (struct moat_arena *)start;
    arena->order = moat_heap.arenas.count;
    fit(arena, bytes);
    moat_clear_words((uintptr_t)arena->bits, arena->low);
    arena->start = start;
    arena->end = start + bytes;
    arena->first = moat_granule_of(arena, arena->low);
    arena->granules = arena->first + moat_granules(arena->span);
    arena->bias = (uintptr_t)arena->bits - (arena->base >> MOAT_WORD_SHIFT) * sizeof(struct moat_bits);
    arena->longest = MOAT_SMALL_GRANULES;
    arena->next = NULL;
    raise_fences(arena);
    return arena;
}

/* A run, and with it a chunk, takes about an eighth of all memory at most, so that a handler's large request finds one
 * too. */
static uint32_t run_words(void) {
    uint32_t words = moat_granules(moat_heap.stats.arena_bytes) / (8 * MOAT_WORD_GRANULES);
    return words == 0 ? 1 : words < MOAT_RUN_WORDS ? words : MOAT_RUN_WORDS;
}

/* Masked. The memory of a new arena is free: in IDLE the search may use it at once, until the stop is placed anew. */
static void open_arena(struct moat_arena *arena) {
    uintptr_t room = arena->span - MOAT_GRANULE;
    uint32_t granules = moat_granules(room);
    if (moat_heap.arenas.count == 0) {
        uint32_t waiting = (uint32_t)waiting_words(0, moat_granules(arena->span));
        moat_heap.mark.waiting_words = (moat_raw *)arena->full - waiting;
        moat_heap.mark.waiting_most = (uint16_t)waiting;
        moat_heap.border.low = moat_heap.border.home = arena->low;
        moat_heap.border.span = moat_heap.border.home_span = arena->span;
        moat_heap.arenas.table[moat_heap.arenas.count++] = arena;
        moat_heap.arenas.largest = room;
        moat_search_restart();
        moat_search_open();
    } else {
        moat_arena_join(arena);
    }
    moat_free_add(granules);
    moat_heap.pace.usable += granules;
    moat_heap.pace.reserve += granules / FIRST_RESERVE;
    moat_heap.stats.arena_bytes += room;
    moat_heap.search.run_words = (uint8_t)run_words();
    moat_sweep_begin_place();
}

/* Until the stop has its place again; while a cycle runs that is the sweep's business. */
static void place_stop(void) {
    for (bool placed = moat_heap.cycle.phase != MOAT_PHASE_IDLE; !placed;) {
        moat_port_mask_t masked = moat_port_mask();
        (void)moat_sweep_some(MOAT_CONFIG_SLICE_UNITS);
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
