/* moat: adding arenas to the one of the linker script. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/result.h"
#include "heap/arena.h"
#include "mark/owner.h"
#include "mark/root.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "space/search.h"

int moat_arena_check(enum moat_refused call, uintptr_t start, uintptr_t bytes) {
    if (start == 0) {
        return moat_refuse(call, MOAT_REASON_NO_MEMORY, 0);
    }
    uintptr_t left_out = -start % MOAT_WORD_BYTES;
    if (bytes < MOAT_ARENA_BYTES_MIN + left_out || bytes > MOAT_ARENA_BYTES_MAX || bytes > UINTPTR_MAX - start) {
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

void moat_arena_join(struct moat_arena *arena) {
    struct moat_border *border = &moat_heap.border;
    struct moat_arenas *arenas = &moat_heap.arenas;
    uintptr_t high = border->low + border->span, end = arena->low + arena->span, room = arena->span - MOAT_GRANULE;
    border->low = arena->low < border->low ? arena->low : border->low;
    border->span = (end > high ? end : high) - border->low;
    arenas->table[arenas->count - 1]->next = arena;
    arenas->table[arenas->count++] = arena;
    arenas->largest = room > arenas->largest ? room : arenas->largest;
    if (!moat_heap.search.follows) {
        moat_search_open();
    }
}

MOAT_ENTRY int moat_arena_add(void *start, size_t bytes) {
    const enum moat_refused call = MOAT_IN_ARENA_ADD;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    moat_owner_wait();
    result = moat_arena_check(call, (uintptr_t)start, bytes);
    if (result == MOAT_OK) {
        uintptr_t left_out = -(uintptr_t)start % MOAT_WORD_BYTES;
        moat_arena_open((uintptr_t)start + left_out, bytes - left_out);
    }
    moat_owner_leave();
    return result;
}
