/* moat: allocation of raw bytes. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "base/context.h"
#include "base/port.h"
#include "base/result.h"
#include "heap/alloc.h"
#include "space/holes.h"
#include "space/quick.h"
#include "moat.h"

MOAT_USES_(bytes, large, 1);
MOAT_USES_(bytes, far, 1);

static inline bool request_bytes(enum moat_refused call, size_t bytes, struct moat_request *request) {
    int result = moat_require_ready(call);
    if (result == MOAT_OK && bytes == 0) {
        result = moat_refuse(call, MOAT_REASON_NO_BYTES, 0);
    }
    request->type = &moat_type_bytes;
    request->header = moat_heap.types.bytes_header;
    request->memory = MOAT_MEMORY_ANY;
    return result == MOAT_OK;
}

__attribute__((noinline)) static void *new_bytes_slow(size_t bytes) {
    const enum moat_refused call = MOAT_IN_NEW_BYTES;
    struct moat_request request;
    return request_bytes(call, bytes, &request) ? moat_alloc_serve(call, &request, bytes) : NULL;
}

/* pc: the firmware's call. */
__attribute__((noinline)) static void *new_bytes_otherwise(size_t bytes, uintptr_t pc) {
    if (!moat_heap.front.ready) {
        return new_bytes_slow(bytes);
    }
    void *object = moat_alloc_small(moat_heap.types.bytes_header, MOAT_EXTENT_(bytes), pc);
    return object != NULL ? object : moat_alloc_ends(new_bytes_slow(bytes));
}

/* Too large for the fast path. */
__attribute__((noinline)) static void *new_bytes_larger(size_t bytes) {
    if (!MOAT_SMALL_ && !MOAT_STRESS && bytes - 1 < MOAT_SMALL_GRANULES * MOAT_GRANULE - MOAT_WORD_BYTES) {
        return new_bytes_otherwise(bytes, MOAT_CALLER());
    }
    moat_alloc_begins(bytes, MOAT_CALLER());
    return moat_alloc_ends(new_bytes_slow(bytes));
}

/* Interrupts masked. Takes memory that is at hand, if the collector has nothing to do: from a larger hole, or the next
 * free run. Its header and contents are what they were. False: there is none. Small code does without. Cost: constant;
 * a step for each list of holes that turns out empty. */
static inline bool at_hand(uint32_t granules, uintptr_t *at) {
    if (MOAT_SMALL_ || moat_heap.cycle.phase != MOAT_PHASE_IDLE || moat_heap.cycle.requested) {
        return false;
    }
    if (moat_quick_take(granules, at)) {
        return true;
    }
    if (!moat_holes_maybe(&moat_heap.lists, granules)) {
        return false;
    }
    *at = moat_holes_cut(&moat_heap.lists, granules);
    return *at != 0;
}

/* Such memory is nobody else's from here on: it is cleared with interrupts on. It is white, as all objects in IDLE. */
static inline void *fill(uintptr_t at, uintptr_t extent, moat_port_mask_t masked) {
    *moat_header_at(at) = moat_heap.types.bytes_header;
    moat_port_unmask(masked);
    return moat_clear_words(moat_payload_at(at), at + extent);
}

__attribute__((noinline)) static void *new_bytes_at_hand(size_t bytes, uintptr_t extent, moat_port_mask_t masked) {
    uintptr_t at;
    if (at_hand(moat_granules(extent), &at)) {
        return fill(at, extent, masked);
    }
    moat_port_unmask(masked);
    return new_bytes_otherwise(bytes, MOAT_CALLER());
}

/* A hole of exactly that size, or else the chunk. One comparison refuses 0 and what is larger than the holes that have
 * a list of their own. */
void *moat_new_bytes(size_t bytes) {
    MOAT_REQUIRE_CONTEXT();
    if (bytes - 1 >= MOAT_EXACT_HOLES * MOAT_GRANULE - MOAT_WORD_BYTES || MOAT_STRESS) {
        return new_bytes_larger(bytes);
    }
    uintptr_t extent = MOAT_EXTENT_(bytes);
    uint32_t granules = moat_granules(extent);
    moat_port_mask_t masked = moat_port_mask();
    struct moat_hole *hole = moat_heap.lists.holes[granules];
    if (hole != NULL) {
        MOAT_REQUIRE_CHECK1(moat_holes_is_one(hole, granules), 5, (uintptr_t)hole);
        moat_heap.lists.holes[granules] = hole->next;
        moat_heap.listed -= granules;
        return fill((uintptr_t)hole, extent, masked);
    }
    MOAT_BUMP_(moat_heap.types.bytes_header, extent, new_bytes_at_hand(bytes, extent, masked));
}

MOAT_ENTRY void *moat_new_bytes_in(uint32_t memory, size_t bytes) {
    const enum moat_refused call = MOAT_IN_NEW_BYTES;
    struct moat_request request;
    if (!request_bytes(call, bytes, &request)) {
        return NULL;
    }
    return moat_alloc_serve_in(memory, call, &request, bytes, MOAT_CALLER());
}
