/* moat: the heap's start, and its arenas. See moat.h, moat_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/bits.h"
#include "base/clear.h"
#include "base/free.h"
#include "space/granule.h"
#include "base/port.h"
#include "base/result.h"
#include "mark/root.h"
#include "mark/stack.h"
#include "space/search.h"
#include "space/sweep.h"

#define ARENA_BYTES_MIN 256u

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

static int check_arena(enum moat_refused call, uintptr_t start, uintptr_t bytes) {
    if (start == 0) {
        return moat_refuse(call, MOAT_REASON_NO_MEMORY, 0);
    }
    if (start % MOAT_WORD_BYTES != 0) {
        return moat_refuse(call, MOAT_REASON_ARENA_ALIGN, start);
    }
    if (bytes < ARENA_BYTES_MIN || bytes > MOAT_ARENA_BYTES_MAX || bytes > UINTPTR_MAX - start) {
        return moat_refuse(call, MOAT_REASON_ARENA_SIZE, bytes);
    }
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        const struct moat_arena *other = moat_heap.arenas.table[i];
        if (start < other->end && other->start < start + bytes) {
            return moat_refuse(call, MOAT_REASON_ARENA_OVERLAP, start);
        }
    }
    if (moat_root_overlaps(start, start + bytes) || moat_stack_overlaps(start, start + bytes)) {
        return moat_refuse(call, MOAT_REASON_ARENA_ON_ROOT, start);
    }
    if (moat_heap.arenas.count == MOAT_CONFIG_ARENAS_MAX) {
        return moat_refuse(call, MOAT_REASON_ARENAS_FULL, MOAT_CONFIG_ARENAS_MAX);
    }
    return MOAT_OK;
}

/* Masked. The memory of a new arena is free: in IDLE the search may use it at once, until the stop is placed anew. */
static void open_arena(struct moat_arena *arena) {
    uintptr_t room = arena->span - MOAT_GRANULE;
    uint32_t granules = moat_granules(room);
    bool first = moat_heap.arenas.count == 0;
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

int moat_arena_add(void *start, size_t bytes) {
    const enum moat_refused call = MOAT_IN_ARENA_ADD;
    int result = moat_require_thread(call, MOAT_CALLER());
    result = result == MOAT_OK ? check_arena(call, (uintptr_t)start, bytes) : result;
    if (result != MOAT_OK) {
        return result;
    }
    struct moat_arena *arena = build_arena((uintptr_t)start, bytes & ~(size_t)(MOAT_WORD_BYTES - 1));
    moat_port_mask_t masked = moat_port_mask();
    open_arena(arena);
    moat_port_unmask(masked);
    place_stop();
    return MOAT_OK;
}

int moat_init(void) {
    const enum moat_refused call = MOAT_IN_INIT;
    if (moat_heap.front.ready) {
        return moat_refuse(call, MOAT_REASON_TWICE, 0);
    }
    int started = moat_require_started(call);
    if (started != MOAT_OK) {
        return started;
    }
    moat_heap.types.count =
        ((uintptr_t)moat_types_end - (uintptr_t)moat_types_start + MOAT_TYPE_ALIGN - 1) >> MOAT_TYPE_SHIFT;
    moat_heap.types.bytes_header = moat_header_of_type(&moat_type_bytes) | MOAT_HEADER_ARRAY;
    moat_heap.pace.mean = MOAT_PAYMENT_GRANULES * 16;
    moat_heap.front.ready = true;
    uintptr_t start = (uintptr_t)moat_arena_start, end = (uintptr_t)moat_arena_end;
    int result = end == start ? MOAT_OK : moat_arena_add(moat_arena_start, end - start);
    if (result != MOAT_OK) {
        moat_heap.front.ready = false;
    }
    return result;
}

int moat_stats_get(struct moat_stats *out) {
    if (out == NULL) {
        return moat_refuse(MOAT_IN_STATS_GET, MOAT_REASON_NO_STRUCT, 0);
    }
    uintptr_t free_bytes = moat_free_bytes();
    moat_port_mask_t masked = moat_port_mask();
    moat_heap.stats.free_bytes = free_bytes;
    moat_heap.stats.free_is_least = moat_heap.cycle.phase == MOAT_PHASE_SWEEP;
    moat_heap.stats.phase = moat_heap.cycle.phase;
    moat_copy_words(out, &moat_heap.stats, sizeof *out);
    moat_port_unmask(masked);
    return MOAT_OK;
}
