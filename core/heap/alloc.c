/* moat: allocation. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "heap/cycle.h"
#include "fault/assert.h"
#include "heap/pace.h"
#include "base/event.h"
#include "base/clear.h"
#include "base/free.h"
#include "mark/finalize.h"
#include "mark/stack.h"
#include "space/granule.h"
#include "moat.h"
#include "moat_compiler.h"
#include "base/port.h"
#include "base/result.h"
#include "space/search.h"
#include "space/take.h"

/* Units that a handler spends on a sweep before its allocation fails, in slices, of which the last may be beyond. */
#define HANDLER_UNITS 192u

/* Every allocation takes the slow way. */
#define STRESS (MOAT_CONFIG_STRESS_COLLECT || MOAT_CONFIG_STRESS_FAIL)

/* The object that is asked for. */
struct request {
    const struct moat_type *type;
    moat_word header;
    uintptr_t payload; /* bytes */
    uint32_t granules;
};

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

static void *take(const struct request *request) {
    uintptr_t at = request->granules <= MOAT_SMALL_GRANULES ? moat_take_small(request->granules, request->header)
                                                            : moat_take_large(request->granules, request->header);
    if (at == 0) {
        return NULL;
    }
    void *object = (void *)moat_payload_at(at);
    if (request->type->finalize != NULL) {
        moat_port_mask_t masked = moat_port_mask();
        moat_finalize_enter(object);
        moat_port_unmask(masked);
    }
    return object;
}

/* Takes from all that is free, behind the search's stop too. The stop is where it was afterwards. */
static void *take_reserve(const struct request *request) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_arena *stop = moat_heap.search.stop;
    uint32_t word = moat_heap.search.stop_word;
    moat_search_open();
    moat_port_unmask(masked);
    void *object = take(request);
    masked = moat_port_mask();
    moat_search_stop_at(stop, word);
    moat_port_unmask(masked);
    return object;
}

/* A cycle that starts opens the reserve; if that does not do, it is finished first. */
static void *collect_and_take(const struct request *request) {
    if (!moat_cycle_may_start()) {
        return take_reserve(request);
    }
    moat_cycle_start();
    void *object = take(request);
    if (object == NULL) {
        moat_cycle_finish();
        object = take_reserve(request);
    }
    return object;
}

/* The hook is not asked again by what it allocates itself. */
static bool ask_hook(uintptr_t bytes) {
    if (moat_heap.front.out_of_memory_hook == NULL || moat_heap.front.asking_hook) {
        return false;
    }
    moat_heap.front.asking_hook = true;
    bool shared = moat_cycle_share();
    uintptr_t caller = moat_stack_leave();
    bool again = moat_heap.front.out_of_memory_hook(bytes);
    moat_stack_enter(caller);
    moat_cycle_share_end(shared);
    moat_heap.front.asking_hook = false;
    return again;
}

/* Finishes the cycle that runs. A small request looks at what each slice of the sweep finds. */
static void *finish_and_take(const struct request *request) {
    void *object = NULL;
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.front.inside != 0);
    while (object == NULL && moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
        bool look = moat_heap.cycle.phase == MOAT_PHASE_SWEEP && request->granules <= MOAT_SMALL_GRANULES;
        object = look || moat_heap.cycle.phase == MOAT_PHASE_IDLE ? take(request) : NULL;
    }
    return object;
}

/* Nothing found: in IDLE, the search is at its stop, and a cycle starts. While one runs: finish it, which may have kept
 * what died during it; then run a whole one; then finalizers may let go of more; then the firmware may. */
static void *reclaim(const struct request *request) {
    void *object = finish_and_take(request);
    if (object == NULL) {
        object = collect_and_take(request);
    }
    if (object == NULL && moat_heap.finalizers.doomed != NULL && !moat_heap.finalizers.running) {
        bool shared = moat_cycle_share();
        moat_finalize_run_all();
        moat_cycle_share_end(shared);
        moat_cycle_finish();
        object = collect_and_take(request);
    }
    if (object == NULL && ask_hook(request->payload)) {
        moat_cycle_finish();
        object = collect_and_take(request);
    }
    return object;
}

/* A handler can't wait for a cycle, but it may use the reserve, and what a sweep under way has still to find. */
static void *take_in_handler(const struct request *request) {
    MOAT_ASSERT(moat_port_in_handler());
    void *object = NULL;
    moat_port_mask_t masked = moat_port_mask();
    bool idle = moat_heap.cycle.phase == MOAT_PHASE_IDLE;
    if (idle) {
        moat_search_open();
        moat_cycle_request();
    }
    moat_port_unmask(masked);
    if (idle) {
        return take(request);
    }
    for (uint32_t i = 0; i <= HANDLER_UNITS / MOAT_CONFIG_SLICE_UNITS && object == NULL && moat_cycle_sweep_slice();
         i++) {
        object = take(request);
    }
    if (object == NULL) {
        moat_cycle_request();
    }
    return object;
}

static void *make(const struct request *request) {
    if (moat_pace_calls()) {
        moat_cycle_pace(request->granules);
    }
    bool fails = stress_fails();
    void *object = fails ? NULL : take(request);
    if (object == NULL && !fails) {
        if (moat_port_in_handler()) {
            object = take_in_handler(request);
        } else {
            object = reclaim(request);
        }
    }
    if (object == NULL) {
        moat_heap.stats.out_of_memory++;
        MOAT_EVENT(MOAT_EVENT_EXHAUSTED, request->payload);
        moat_note_error(MOAT_ERR_MEMORY);
    }
    return object;
}

/* Checks what all allocations have in common and makes the object. */
static void *serve(enum moat_refused call, struct request *request, uintptr_t bytes) {
    uintptr_t most = moat_heap.arenas.largest;
    if (bytes > most || (request->granules = moat_granules(MOAT_EXTENT_(bytes))) > moat_granules(most)) {
        (void)moat_refuse(call, most == 0 ? MOAT_REASON_NO_ARENA : MOAT_REASON_TOO_LARGE, bytes);
        return NULL;
    }
    request->payload = bytes;
    return make(request);
}

/* pc: the caller of the allocation. */
static void allocation_begins(uintptr_t bytes, uintptr_t pc) {
    moat_stack_enter(pc);
    MOAT_EVENT(MOAT_EVENT_ALLOCATE_BEGIN, bytes);
}

/* Returns the object. */
static void *allocation_ends(void *object) {
    MOAT_EVENT(MOAT_EVENT_ALLOCATE_END, moat_event_free_bytes());
    (void)moat_stack_leave();
    return object;
}

static bool check_type(enum moat_refused call, const struct moat_type *type) {
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
    if (!check_type(call, type)) {
        return NULL;
    }
    struct request request;
    request.type = type;
    request.header = moat_header_of_type(type);
    uintptr_t link = type->finalize != NULL ? MOAT_WORDS_UP_(type->size) + MOAT_WORD_BYTES - type->size : 0;
    return serve(call, &request, type->size + link);
}

/* A small object when the fast path has none. Does the collector's work first, if there is any. NULL: it takes more
 * than that; the firmware's call is not over then. */
MOAT_HOT_ void *make_small(moat_word header, uintptr_t extent, uintptr_t pc) {
    allocation_begins(extent, pc);
    if (moat_pace_calls()) {
        moat_cycle_pace(moat_granules(extent));
    }
    uintptr_t at = moat_take_small(moat_granules(extent), header);
    if (at == 0 && moat_heap.cycle.phase == MOAT_PHASE_IDLE && !moat_port_in_handler() && moat_cycle_may_start()) {
        moat_cycle_start();
        at = moat_take_small(moat_granules(extent), header);
    }
    return at == 0 ? NULL : allocation_ends((void *)moat_payload_at(at));
}

/* The fast path, for objects that the chunk has room for; others, and those of finalized types, whose extent no chunk
 * has room for, go the way of `otherwise`. `extent` is a multiple of the granule and not 0. `masked` is what was. */
#define BUMP(header, extent, otherwise)                                                                                \
    do {                                                                                                               \
        uintptr_t at = moat_heap.chunk.at;                                                                             \
        if (moat_heap.chunk.limit - at >= (extent) && !STRESS) {                                                       \
            moat_heap.chunk.at = at + (extent);                                                                        \
            moat_bits_at(moat_heap.chunk.bias, at)->start |= moat_bit_at(at);                                          \
            *moat_header_at(at) = (header);                                                                            \
            moat_port_unmask(masked);                                                                                  \
            return (void *)moat_payload_at(at);                                                                        \
        }                                                                                                              \
        moat_port_unmask(masked);                                                                                      \
        return otherwise;                                                                                              \
    } while (0)

__attribute__((noinline)) static void *new_otherwise(const struct moat_type *type) {
    void *object = NULL;
    if (STRESS || type->extent > moat_bytes(MOAT_SMALL_GRANULES)) {
        allocation_begins(type->extent & ~MOAT_EXTENT_SLOW, MOAT_CALLER());
    } else {
        object = make_small(moat_header_of_type(type), type->extent, MOAT_CALLER());
    }
    return object != NULL ? object : allocation_ends(new_slow(type));
}

void *moat_new(const struct moat_type *type) {
    if (!moat_type_known(type)) {
        return new_slow(type);
    }
    moat_port_mask_t masked = moat_port_mask();
    BUMP(moat_header_of_type(type), type->extent, new_otherwise(type));
}

void *moat_new_array(const struct moat_type *type, size_t count) {
    const enum moat_refused call = MOAT_IN_NEW_ARRAY;
    if (!check_type(call, type)) {
        return NULL;
    }
    if (type->finalize != NULL || type->flexible != 0) {
        (void)moat_refuse(call, MOAT_REASON_ARRAY_TYPE, (uintptr_t)type);
        return NULL;
    }
    if (count == 0 || type->size == 0 || count > UINTPTR_MAX / 2 / type->size) {
        (void)moat_refuse(call, MOAT_REASON_COUNT, count);
        return NULL;
    }
    struct request request;
    request.type = type;
    request.header = moat_header_of_type(type) | MOAT_HEADER_ARRAY;
    allocation_begins(count * type->size, MOAT_CALLER());
    return allocation_ends(serve(call, &request, count * type->size));
}

void *moat_new_flex(const struct moat_type *type, size_t tail) {
    const enum moat_refused call = MOAT_IN_NEW_FLEX;
    if (!check_type(call, type)) {
        return NULL;
    }
    if (type->flexible == 0) {
        (void)moat_refuse(call, MOAT_REASON_FLEX_TYPE, (uintptr_t)type);
        return NULL;
    }
    const struct moat_run *run = &type->runs[type->run_count - 1];
    if (tail > UINTPTR_MAX / 2 / run->stride) {
        (void)moat_refuse(call, MOAT_REASON_TAIL_COUNT, tail);
        return NULL;
    }
    uintptr_t bytes = run->offset + tail * run->stride;
    struct request request;
    request.type = type;
    request.header = moat_header_of_type(type);
    bytes = bytes > type->size ? bytes : type->size;
    allocation_begins(bytes, MOAT_CALLER());
    return allocation_ends(serve(call, &request, bytes));
}

__attribute__((noinline)) static void *new_bytes_slow(size_t bytes) {
    const enum moat_refused call = MOAT_IN_NEW_BYTES;
    if (moat_require_ready(call) != MOAT_OK) {
        return NULL;
    }
    if (bytes == 0) {
        (void)moat_refuse(call, MOAT_REASON_NO_BYTES, 0);
        return NULL;
    }
    struct request request;
    request.type = &moat_type_bytes;
    request.header = moat_heap.types.bytes_header;
    return serve(call, &request, bytes);
}

__attribute__((noinline)) static void *new_bytes_otherwise(size_t bytes) {
    if (!moat_heap.front.ready) {
        return new_bytes_slow(bytes);
    }
    void *object = make_small(moat_heap.types.bytes_header, MOAT_EXTENT_(bytes), MOAT_CALLER());
    return object != NULL ? object : allocation_ends(new_bytes_slow(bytes));
}

__attribute__((noinline)) static void *new_bytes_large(size_t bytes) {
    allocation_begins(bytes, MOAT_CALLER());
    return allocation_ends(new_bytes_slow(bytes));
}

/* A hole is nobody else's from here on: it is cleared with interrupts on. It is white, as all objects in IDLE. */
__attribute__((noinline)) static void *fill_hole(struct moat_hole *hole, uintptr_t extent) {
    moat_clear_words((uintptr_t)&hole->next, (uintptr_t)hole + extent);
    return &hole->next;
}

/* A hole of exactly that size, or else the chunk. One comparison refuses 0 and what is larger than the holes that have
 * a list of their own. */
void *moat_new_bytes(size_t bytes) {
    if (bytes - 1 >= (MOAT_LONG_HOLES - 1) * MOAT_GRANULE - MOAT_WORD_BYTES || STRESS) {
        return new_bytes_large(bytes);
    }
    uintptr_t extent = MOAT_EXTENT_(bytes);
    uint32_t granules = moat_granules(extent);
    moat_port_mask_t masked = moat_port_mask();
    struct moat_hole *hole = moat_heap.lists.holes[granules];
    if (hole != NULL) {
        moat_heap.lists.holes[granules] = hole->next;
        moat_heap.listed -= granules;
        hole->header = moat_heap.types.bytes_header;
        moat_port_unmask(masked);
        return fill_hole(hole, extent);
    }
    BUMP(moat_heap.types.bytes_header, extent, new_bytes_otherwise(bytes));
}

moat_out_of_memory_hook *moat_out_of_memory_hook_set(moat_out_of_memory_hook *hook) {
    moat_out_of_memory_hook *previous = moat_heap.front.out_of_memory_hook;
    moat_heap.front.out_of_memory_hook = hook;
    return previous;
}
