/* moat: what the calls that allocate have in common. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ALLOC_H
#define MOAT_ALLOC_H

#include "base/event.h"
#include "base/free.h"
#include "base/refusal.h"
#include "heap/cycle.h"
#include "heap/pace.h"
#include "mark/owner.h"
#include "mark/stack.h"
#include "base/result.h"
#include "moat_compiler.h"
#include "space/granule.h"
#include "space/take.h"

/* Every allocation takes the slow way. */
#define MOAT_STRESS (MOAT_CONFIG_STRESS_COLLECT || MOAT_CONFIG_STRESS_FAIL)

/* The object that is asked for. */
struct moat_request {
    const struct moat_type *type;
    moat_word header;
    uintptr_t payload; /* bytes */
    uint32_t granules;
    uint32_t memory; /* MOAT_MEMORY_..., _ANY where no arena has kinds */
};

/* Whether the heap is ready and the type is one; if not, the call is refused. */
bool moat_alloc_check_type(enum moat_refused call, const struct moat_type *type);

/* Begins a request for one object of a type. False: the call is refused. */
static inline bool moat_alloc_request(enum moat_refused call, const struct moat_type *type,
                                      struct moat_request *request) {
    if (!moat_alloc_check_type(call, type)) {
        return false;
    }
    request->type = type;
    request->header = moat_header_of_type(type);
    request->memory = MOAT_MEMORY_ANY;
    return true;
}

/* Checks the size, and makes the object of the request, whose type and header are given. NULL: refused, or no memory.
 * Between moat_alloc_begins and _ends. */
void *moat_alloc_serve(enum moat_refused call, struct moat_request *request, uintptr_t bytes);

/* Takes memory wherever there is some. Large objects are linked for types that say so. */
#pragma weak moat_take_large
static inline uintptr_t moat_alloc_take_any(const struct moat_request *request) {
    return request->granules <= MOAT_SMALL_GRANULES ? moat_take_small(request->granules, request->header)
                                                    : moat_take_large(request->granules, request->header);
}

/* Takes memory for a request that names kinds, and returns its address, or 0. Linked where arenas have kinds. */
#pragma weak moat_alloc_take_in
uintptr_t moat_alloc_take_in(const struct moat_request *request);

/* Bytes that the largest arena of all of these kinds has for objects; 0: there is none. Linked where arenas have kinds.
 */
#pragma weak moat_alloc_largest_in
uintptr_t moat_alloc_largest_in(uint32_t memory);

/* The way through moat_alloc_serve begins. pc: the caller of the allocation. */
static inline void moat_alloc_begins(uintptr_t bytes, uintptr_t pc) {
    moat_stack_enter(pc);
    MOAT_EVENT(MOAT_EVENT_ALLOCATE_BEGIN, bytes);
    (void)bytes;
}

/* Ends it. Returns the object. */
static inline void *moat_alloc_ends(void *object) {
    MOAT_EVENT(MOAT_EVENT_ALLOCATE_END, moat_event_free_bytes());
    (void)moat_stack_leave();
    return object;
}

/* All of that way, for a request that may name kinds of memory. */
static inline void *moat_alloc_serve_in(uint32_t memory, enum moat_refused call, struct moat_request *request,
                                        uintptr_t bytes, uintptr_t pc) {
    if ((memory & MOAT_MEMORY_ONLY) != 0 && (moat_alloc_largest_in == NULL || bytes > moat_alloc_largest_in(memory))) {
        (void)moat_refuse(call, MOAT_REASON_TOO_LARGE_IN, bytes);
        return NULL;
    }
    request->memory = moat_alloc_take_in != NULL ? memory : MOAT_MEMORY_ANY;
    moat_alloc_begins(bytes, pc);
    return moat_alloc_ends(moat_alloc_serve(call, request, bytes));
}

/* A small object when the fast path has none. Does the collector's work first, if there is any. NULL: it takes more
 * than that; the firmware's call is not over then. pc: who called it. */
MOAT_HOT_ void *moat_alloc_small(moat_word header, uintptr_t extent, uintptr_t pc) {
    moat_alloc_begins(extent, pc);
    bool pays = moat_pace_calls() && moat_cycle_pace();
    uintptr_t at = moat_take_small(moat_granules(extent), header);
    if (at != 0 && pays) {
        moat_cycle_pay(moat_granules(extent), MOAT_MEMORY_ANY);
    } else if (at == 0 && moat_heap.cycle.phase == MOAT_PHASE_IDLE && moat_owner_try()) {
        bool starts = moat_cycle_may_start() && (!MOAT_CONFIG_TASKS || moat_heap.cycle.phase == MOAT_PHASE_IDLE);
        if (starts) {
            moat_cycle_start();
        }
        moat_owner_leave();
        at = starts ? moat_take_small(moat_granules(extent), header) : 0;
    }
    return at == 0 ? NULL : moat_alloc_ends((void *)moat_payload_at(at));
}

/* The bytes that one object of the type takes: with a finalizer, a link behind what its struct says. */
static inline uintptr_t moat_alloc_bytes_of(const struct moat_type *type) {
    return type->finalize != NULL ? MOAT_WORDS_UP_(type->size) + MOAT_WORD_BYTES : type->size;
}

/* Asks the out-of-memory hook, and finishes the cycle that its allocations may have begun. True: it has let go of
 * something. Linked where a hook is set. */
bool moat_alloc_ask_hook(uintptr_t bytes);

/* The fast path, for objects that the chunk has room for; others, and those of finalized types, whose extent no chunk
 * has room for, go the way of `otherwise`, which begins masked and unmasks. `extent` is a multiple of the granule and
 * not 0. `masked` is what was. */
#define MOAT_BUMP_(header, extent, otherwise)                                                                          \
    do {                                                                                                               \
        uintptr_t at = moat_heap.chunk.at;                                                                             \
        if (moat_heap.chunk.limit - at >= (extent) && !MOAT_STRESS) {                                                  \
            MOAT_REQUIRE_CHECK1(*moat_header_at(at) == 0, 11, at);                                                     \
            moat_heap.chunk.at = at + (extent);                                                                        \
            moat_bits_at(moat_heap.chunk.bias, at)->start |= moat_bit_at(at);                                          \
            *moat_header_at(at) = (header);                                                                            \
            moat_port_unmask(masked);                                                                                  \
            return (void *)moat_payload_at(at);                                                                        \
        }                                                                                                              \
        return otherwise;                                                                                              \
    } while (0)

#endif
