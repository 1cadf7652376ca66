/* moat: kinds of memory, and objects that ask for one. See moat_memory.h; docs/design.md, "Kinds of memory".
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"
#include "base/result.h"
#include "heap/alloc.h"
#include "heap/cycle.h"
#include "moat.h"
#include "space/search.h"
#include "space/take_in.h"

/* By the arenas' order. Written by moat_arena_kinds, read by anybody, any time. */
static uint32_t kinds_of[MOAT_CONFIG_ARENAS_MAX];

static bool has_all(const struct moat_arena *arena, uint32_t memory) {
    return (memory & ~(kinds_of[arena->order] | MOAT_MEMORY_ONLY)) == 0;
}

int moat_arena_kinds(const void *arena, uint32_t kinds) {
    const enum moat_refused call = MOAT_IN_ARENA_ADD;
    int result = moat_require_ready(call);
    if (result != MOAT_OK) {
        return result;
    }
    if (arena == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_MEMORY, 0);
    }
    if ((kinds & MOAT_MEMORY_ONLY) != 0) {
        return moat_refuse(call, MOAT_REASON_NO_KIND, kinds);
    }
    const struct moat_arena *found = moat_arena_around((uintptr_t)arena);
    if (found == NULL) {
        return moat_refuse(call, MOAT_REASON_ARENA_ABSENT, (uintptr_t)arena);
    }
    kinds_of[found->order] = kinds;
    return MOAT_OK;
}

uintptr_t moat_alloc_largest_in(uint32_t memory) {
    uintptr_t largest = 0;
    for (uint32_t i = 0; i < moat_heap.arenas.count; i++) {
        const struct moat_arena *arena = moat_heap.arenas.table[i];
        uintptr_t room = arena->span - MOAT_GRANULE;
        largest = has_all(arena, memory) && room > largest ? room : largest;
    }
    return largest;
}

/* The search may be at its stop now, without that a request has come there: the next has a cycle start. */
static void ask_for_cycle(void) {
    moat_port_mask_t masked = moat_port_mask();
    if (moat_heap.cycle.phase == MOAT_PHASE_IDLE && moat_search_is_over()) {
        moat_cycle_request();
    }
    moat_port_unmask(masked);
}

uintptr_t moat_alloc_take_in(const struct moat_request *request) {
    uintptr_t at = 0;
    for (uint32_t i = 0; at == 0 && i < moat_heap.arenas.count; i++) {
        struct moat_arena *arena = moat_heap.arenas.table[i];
        if (has_all(arena, request->memory) && moat_bytes(request->granules) < arena->span) {
            at = moat_take_in(arena, request->granules, request->header);
        }
    }
    if (at != 0) {
        ask_for_cycle();
        return at;
    }
    return (request->memory & MOAT_MEMORY_ONLY) != 0 ? 0 : moat_alloc_take_any(request);
}

MOAT_ENTRY void *moat_new_in(uint32_t memory, const struct moat_type *type) {
    const enum moat_refused call = MOAT_IN_NEW;
    struct moat_request request;
    if (!moat_alloc_request(call, type, &request)) {
        return NULL;
    }
    return moat_alloc_serve_in(memory, call, &request, moat_alloc_bytes_of(type), MOAT_CALLER());
}
