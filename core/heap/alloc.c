/* moat: allocation. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/alloc.h"
#include "heap/cycle.h"
#include "heap/finalizers.h"
#include "fault/assert.h"
#include "heap/pace.h"
#include "base/event.h"
#include "base/context.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "moat.h"
#include "moat_compiler.h"
#include "base/port.h"
#include "base/result.h"
#include "space/search.h"
#include "space/take.h"

/* Linked for types that say so, and where a hook is set; alloc.h has others. */
#pragma weak moat_finalizers_enter
#pragma weak moat_finalizers_let_go
#pragma weak moat_alloc_ask_hook

/* Units that a handler spends on a sweep before its allocation fails, in slices, of which the last may be beyond. */
#define HANDLER_UNITS 192u

#if MOAT_CONFIG_STRESS_FAIL
void moat_stress_fail(uint32_t k) {
    moat_heap.front.fail_countdown = k;
}

static bool stress_fails(void) {
    return moat_heap.front.fail_countdown != 0 && --moat_heap.front.fail_countdown == 0;
}
#else
static bool stress_fails(void) {
    return false;
}
#endif

static void *take(const struct moat_request *request) {
    uintptr_t at = request->memory != MOAT_MEMORY_ANY ? moat_alloc_take_in(request) : moat_alloc_take_any(request);
    if (at == 0) {
        return NULL;
    }
    void *object = (void *)moat_payload_at(at);
    if (request->type->finalize != NULL) {
        moat_finalizers_enter(object);
    }
    return object;
}

/* Takes from all that is free, behind the search's stop too. The stop is where it was afterwards. */
static void *take_reserve(const struct moat_request *request) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_arena *stop = moat_heap.search.stop;
    uint32_t word = moat_heap.search.stop_word;
    moat_search_open();
    moat_port_unmask(masked);
    void *object = take(request);
    moat_take_leave_chunk();
    masked = moat_port_mask();
    moat_search_stop_at(stop, word);
    moat_port_unmask(masked);
    return object;
}

/* A cycle that starts opens the reserve; if that does not do, it is finished first. */
static void *collect_and_take(const struct moat_request *request) {
    if (!moat_cycle_may_start()) {
        return take_reserve(request);
    }
    if (!MOAT_CONFIG_TASKS || moat_heap.cycle.phase == MOAT_PHASE_IDLE) { /* else another task has started it */
        moat_cycle_start();
    }
    void *object = take(request);
    if (object == NULL) {
        moat_cycle_finish();
        object = take_reserve(request);
    }
    return object;
}

/* Finishes the cycle that runs. A small request looks at what each slice of the sweep finds. */
static void *finish_and_take(const struct moat_request *request) {
    void *object = NULL;
    uint32_t number = moat_heap.cycle.number;
    MOAT_ASSERT(!moat_port_in_handler() && (MOAT_CONFIG_TASKS || moat_heap.front.inside != 0));
    while (object == NULL && moat_heap.cycle.phase != MOAT_PHASE_IDLE && moat_cycle_is(number)) {
        (void)moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
        moat_owner_yield();
        bool look = moat_heap.cycle.phase == MOAT_PHASE_SWEEP && request->granules <= MOAT_SMALL_GRANULES;
        object = look || moat_heap.cycle.phase == MOAT_PHASE_IDLE ? take(request) : NULL;
    }
    return object;
}

/* Nothing found: in IDLE, the search is at its stop, and a cycle starts. While one runs: finish it, which may have kept
 * what died during it; then run a whole one; then finalizers may let go of more; then the firmware may. */
static void *reclaim(const struct moat_request *request) {
    void *object = finish_and_take(request);
    if (object == NULL) {
        object = collect_and_take(request);
    }
    if (object == NULL && moat_heap.finalizers.doomed != NULL && moat_finalizers_let_go()) {
        object = collect_and_take(request);
    }
    if (object == NULL && moat_heap.front.out_of_memory_hook != NULL && moat_alloc_ask_hook(request->payload)) {
        object = collect_and_take(request);
    }
    return object;
}

/* A handler can't wait for a cycle, and a visiting task does not want to. But they may use the reserve, and what a
 * sweep under way has still to find. */
static void *take_visiting(const struct moat_request *request) {
    void *object;
    moat_port_mask_t masked = moat_port_mask();
    bool idle = moat_heap.cycle.phase == MOAT_PHASE_IDLE;
    if (idle) {
        moat_search_open();
        moat_cycle_request();
    }
    moat_port_unmask(masked);
    if (idle) {
        object = take(request);
        moat_take_leave_chunk();
        return object;
    }
    for (uint32_t left = HANDLER_UNITS / MOAT_CONFIG_SLICE_UNITS + 1; left != 0 && moat_cycle_visit(false); left--) {
        object = take(request);
        if (object != NULL) {
            return object;
        }
    }
    moat_cycle_request();
    return NULL;
}

/* Where somebody else is the owner. A task waits for its place as the last thing; that owner may have freed memory. */
static void *take_otherwise(const struct moat_request *request) {
    void *object = take_visiting(request);
    if (MOAT_CONFIG_TASKS && object == NULL && !moat_port_in_handler()) {
        moat_owner_wait();
        object = take(request);
        if (object == NULL) {
            object = reclaim(request);
        }
        moat_owner_leave();
    }
    return object;
}

static void *make(const struct moat_request *request) {
    bool pays = moat_pace_calls() && moat_cycle_pace();
    bool fails = stress_fails();
    void *object = fails ? NULL : take(request);
    if (object != NULL && pays) {
        moat_cycle_pay(request->granules, request->memory);
    } else if (object == NULL && !fails) {
        if (moat_owner_try()) {
            object = reclaim(request);
            moat_owner_leave();
        } else {
            object = take_otherwise(request);
        }
    }
    if (object == NULL) {
        moat_heap.stats.out_of_memory++;
        MOAT_EVENT(MOAT_EVENT_EXHAUSTED, request->payload);
        moat_note_error(MOAT_ERR_MEMORY);
    }
    return object;
}

void *moat_alloc_serve(enum moat_refused call, struct moat_request *request, uintptr_t bytes) {
    uintptr_t most = moat_heap.arenas.largest;
    if (bytes > most || (request->granules = moat_granules(MOAT_EXTENT_(bytes))) > moat_granules(most)) {
        (void)moat_refuse(call, most == 0 ? MOAT_REASON_NO_ARENA : MOAT_REASON_TOO_LARGE, bytes);
        return NULL;
    }
    request->payload = bytes;
    return make(request);
}

bool moat_alloc_check_type(enum moat_refused call, const struct moat_type *type) {
    if (moat_require_ready(call) != MOAT_OK) {
        return false;
    }
    if (type == NULL) {
        (void)moat_refuse(call, MOAT_REASON_NO_TYPE, 0);
        return false;
    }
    if (!moat_type_known(type)) {
        (void)moat_refuse(call, MOAT_REASON_NOT_A_TYPE, (uintptr_t)type);
        return false;
    }
    return true;
}

/* Out of line, as new_bytes_slow: the fast path saves no registers for them. */
__attribute__((noinline)) static void *new_slow(const struct moat_type *type) {
    const enum moat_refused call = MOAT_IN_NEW;
    struct moat_request request;
    return moat_alloc_request(call, type, &request) ? moat_alloc_serve(call, &request, moat_alloc_bytes_of(type))
                                                    : NULL;
}

__attribute__((noinline)) static void *new_otherwise(const struct moat_type *type, moat_port_mask_t masked) {
    void *object = NULL;
    moat_port_unmask(masked);
    if (MOAT_SMALL_ || MOAT_STRESS || type->extent > moat_bytes(MOAT_SMALL_GRANULES)) {
        moat_alloc_begins(type->extent & ~MOAT_EXTENT_SLOW, MOAT_CALLER());
    } else {
        object = moat_alloc_small(moat_header_of_type(type), type->extent, MOAT_CALLER());
    }
    return object != NULL ? object : moat_alloc_ends(new_slow(type));
}

void *moat_new(const struct moat_type *type) {
    MOAT_REQUIRE_CONTEXT();
    uintptr_t offset = moat_type_offset(type);
    if (!moat_offset_known(offset)) {
        return new_slow(type);
    }
    moat_port_mask_t masked = moat_port_mask();
    MOAT_BUMP_(moat_header_of_offset(offset), type->extent, new_otherwise(type, masked));
}
