/* moat: allocation. See moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "space/bins.h"
#include "space/cursor.h"
#include "heap/cycle.h"
#include "base/event.h"
#include "fault/assert.h"
#include "mark/finalize.h"
#include "mark/stack.h"
#include "base/clear.h"
#include "space/free.h"
#include "space/granule.h"
#include "moat.h"
#include "base/port.h"
#include "base/result.h"

/* Objects of up to 16 bitmap words are marked as in use in one masked step. */
#define AT_ONCE_GRANULES 512u

/* Extra sweep units a handler may spend before its allocation fails. */
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

/* An object of raw bytes is claimed, cleared with interrupts on, and only then takes its type: marking does not look
 * into it before, and no cycle can start meanwhile, since this is no safe point. The bits of a very large one are set
 * with interrupts on too, and where the sweep could take them for free ones it waits (moat_heap.front.claiming). */
static uintptr_t take_large(const struct request *request) {
    moat_port_mask_t masked = moat_port_mask();
    uintptr_t at = moat_cursor_cut(request->granules);
    bool claiming = moat_heap.front.claiming;
    if (at != 0 && request->granules <= AT_ONCE_GRANULES) {
        moat_cursor_cover(at, request->granules);
    } else if (at != 0) {
        moat_heap.front.claiming = claiming || moat_cursor_is_unswept(at);
    }
    moat_port_unmask(masked);
    if (at == 0) {
        return 0;
    }
    if (request->granules > AT_ONCE_GRANULES) {
        moat_cursor_cover(at, request->granules);
        moat_heap.front.claiming = claiming;
    }
    moat_clear_words(moat_payload_at(at), at + moat_bytes(request->granules));
    *moat_header_at(at) = request->header;
    return at;
}

/* Finding a hole and making the object are masked apart. A handler in between may use the hole up: then it is another's
 * turn. */
static uintptr_t take_small(uint32_t granules, moat_word header) {
    uintptr_t at;
    bool found;
    do {
        moat_port_mask_t masked = moat_port_mask();
        at = moat_cursor_take(granules, header);
        found = at == 0 && moat_cursor_refill(granules);
        moat_port_unmask(masked);
    } while (found);
    return at;
}

static void *take(const struct request *request) {
    uintptr_t at =
        request->granules <= MOAT_SMALL_GRANULES ? take_small(request->granules, request->header) : take_large(request);
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

/* Masked a step at a time: moves the first hole of a bin to `aside` if it is too small. True: it was. */
static bool set_small_aside(uint32_t granules, struct moat_hole **aside) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_hole *hole = moat_bins_first(granules);
    bool small = hole != NULL && hole->granules < granules;
    if (small) {
        moat_bins_set_aside(hole, aside);
    }
    moat_port_unmask(masked);
    return small;
}

static bool put_back(struct moat_hole **aside) {
    moat_port_mask_t masked = moat_port_mask();
    struct moat_hole *hole = *aside;
    if (hole != NULL) {
        moat_bins_remove(hole);
        moat_bins_put((uintptr_t)hole, (uint32_t)hole->granules);
    }
    moat_port_unmask(masked);
    return hole != NULL;
}

/* A hole that fits may stand behind smaller ones in the bin that the size itself falls into. They are all of half that
 * size or more, which bounds how many there can be. */
static void *take_from_behind(const struct request *request) {
    struct moat_hole *aside = NULL;
    while (set_small_aside(request->granules, &aside)) {
    }
    void *object = take(request);
    while (put_back(&aside)) {
    }
    return object;
}

static void *collect_and_take(const struct request *request) {
    moat_cycle_start();
    moat_cycle_finish();
    void *object = take(request);
    return object != NULL || request->granules < MOAT_EXACT_GRANULES ? object : take_from_behind(request);
}

/* The hook is not asked again by what it allocates itself. */
static bool ask_hook(uintptr_t bytes) {
    if (moat_heap.front.out_of_memory_hook == NULL || moat_heap.front.asking_hook) {
        return false;
    }
    moat_heap.front.asking_hook = true;
    uintptr_t caller = moat_stack_leave();
    bool again = moat_heap.front.out_of_memory_hook(bytes);
    moat_stack_enter(caller);
    moat_heap.front.asking_hook = false;
    return again;
}

/* No memory: finish the cycle that runs, which may have kept what died during it; then run a whole one; then finalizers
 * may let go of more; then the firmware may. */
static void *reclaim(const struct request *request) {
    void *object = NULL;
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.front.inside != 0);
    while (object == NULL && moat_heap.cycle.phase != MOAT_PHASE_IDLE) {
        moat_cycle_step(MOAT_CONFIG_SLICE_UNITS);
        object = moat_heap.cycle.phase == MOAT_PHASE_MARK ? NULL : take(request);
    }
    if (object == NULL) {
        object = collect_and_take(request);
    }
    if (object == NULL && moat_heap.finalizers.doomed != NULL && !moat_heap.finalizers.running) {
        moat_finalize_run_all();
        moat_cycle_finish();
        object = collect_and_take(request);
    }
    if (object == NULL && ask_hook(request->payload)) {
        moat_cycle_finish();
        object = collect_and_take(request);
    }
    return object;
}

/* A handler can't wait for a cycle, but what a sweep under way has still to find may do. */
static void *sweep_in_handler(const struct request *request) {
    MOAT_ASSERT(moat_port_in_handler());
    void *object = NULL;
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
    if (moat_heap.free_granules <= moat_heap.pace.threshold || request->granules > MOAT_SMALL_GRANULES) {
        moat_cycle_pace(request->granules);
    }
    bool fails = stress_fails();
    void *object = fails ? NULL : take(request);
    if (object == NULL && !fails) {
        if (moat_port_in_handler()) {
            object = sweep_in_handler(request);
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
static void *serve(const char *call, struct request *request, uintptr_t bytes) {
    uintptr_t most = moat_heap.arenas.largest;
    if (bytes > most || (request->granules = moat_granules(MOAT_EXTENT_(bytes))) > moat_granules(most)) {
        (void)moat_refuse(MOAT_ERR_SIZE, call,
                          most == 0 ? "no arena: call moat_arena_add first" : "larger than every arena", bytes);
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

static bool check_type(const char *call, const struct moat_type *type) {
    if (moat_require_ready(call) != MOAT_OK) {
        return false;
    }
    if (type == NULL) {
        (void)moat_refuse(MOAT_ERR_NULL, call, "no type given", 0);
        return false;
    }
    if (!moat_type_known(type)) {
        (void)moat_refuse(MOAT_ERR_FOREIGN, call, "not a type: define it with MOAT_TYPE", (uintptr_t)type);
        return false;
    }
    return true;
}

/* Out of line, as new_bytes_slow: the fast path saves no registers for them. */
__attribute__((noinline)) static void *new_slow(const struct moat_type *type) {
    static const char call[] = "moat_new";
    if (!check_type(call, type)) {
        return NULL;
    }
    struct request request;
    request.type = type;
    request.header = moat_header_of_type(type);
    uintptr_t link = type->finalize != NULL ? MOAT_WORDS_UP_(type->size) + MOAT_WORD_BYTES - type->size : 0;
    return serve(call, &request, type->size + link);
}

/* From a new chunk. Does the collector's work first, if there is any. NULL: it takes more than that, or is too large.
 */
static void *refill(moat_word header, uintptr_t extent) {
    if (extent > moat_bytes(MOAT_SMALL_GRANULES) || !moat_heap.front.ready || STRESS) {
        return NULL;
    }
    if (moat_heap.free_granules <= moat_heap.pace.threshold) {
        moat_cycle_pace(moat_granules(extent));
    }
    uintptr_t at = take_small(moat_granules(extent), header);
    return at == 0 ? NULL : (void *)moat_payload_at(at);
}

/* The fast path, for objects that the chunk has room for; others, and those of finalized types, whose extent no chunk
 * has room for, go the way of `otherwise`. `extent` is a multiple of the granule and not 0. */
#define BUMP(header, extent, otherwise)                                                                                \
    do {                                                                                                               \
        moat_port_mask_t masked = moat_port_mask();                                                                    \
        uintptr_t at = moat_heap.cursor.at;                                                                            \
        if (moat_heap.cursor.limit - at >= (extent) && !STRESS) {                                                      \
            moat_heap.cursor.at = at + (extent);                                                                       \
            *moat_header_at(at) = (header);                                                                            \
            *moat_heap.cursor.chunk |= moat_bit(moat_granules(at));                                                    \
            moat_port_unmask(masked);                                                                                  \
            return (void *)moat_payload_at(at);                                                                        \
        }                                                                                                              \
        moat_port_unmask(masked);                                                                                      \
        return otherwise;                                                                                              \
    } while (0)

__attribute__((noinline)) static void *new_otherwise(const struct moat_type *type) {
    allocation_begins(type->extent, MOAT_CALLER());
    void *object = refill(moat_header_of_type(type), type->extent);
    return allocation_ends(object != NULL ? object : new_slow(type));
}

void *moat_new(const struct moat_type *type) {
    if (!moat_type_known(type)) {
        return new_slow(type);
    }
    BUMP(moat_header_of_type(type), type->extent, new_otherwise(type));
}

void *moat_new_array(const struct moat_type *type, size_t count) {
    static const char call[] = "moat_new_array";
    if (!check_type(call, type)) {
        return NULL;
    }
    if (type->finalize != NULL || type->flexible != 0) {
        (void)moat_refuse(MOAT_ERR_TYPE, call, "no arrays of finalized or flexible types", (uintptr_t)type);
        return NULL;
    }
    if (count == 0 || type->size == 0 || count > UINTPTR_MAX / 2 / type->size) {
        (void)moat_refuse(MOAT_ERR_SIZE, call, "count is 0 or overflows", count);
        return NULL;
    }
    struct request request;
    request.type = type;
    request.header = moat_header_of_type(type) | MOAT_HEADER_ARRAY;
    allocation_begins(count * type->size, MOAT_CALLER());
    return allocation_ends(serve(call, &request, count * type->size));
}

void *moat_new_flex(const struct moat_type *type, size_t tail) {
    static const char call[] = "moat_new_flex";
    if (!check_type(call, type)) {
        return NULL;
    }
    if (type->flexible == 0) {
        (void)moat_refuse(MOAT_ERR_TYPE, call, "not a flexible type: define it with MOAT_TYPE_FLEX", (uintptr_t)type);
        return NULL;
    }
    const struct moat_run *run = &type->runs[type->run_count - 1];
    if (tail > UINTPTR_MAX / 2 / run->stride) {
        (void)moat_refuse(MOAT_ERR_SIZE, call, "the tail's count overflows", tail);
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
    static const char call[] = "moat_new_bytes";
    if (moat_require_ready(call) != MOAT_OK) {
        return NULL;
    }
    if (bytes == 0) {
        (void)moat_refuse(MOAT_ERR_SIZE, call, "ask for 1 byte or more", 0);
        return NULL;
    }
    struct request request;
    request.type = &moat_type_bytes;
    request.header = moat_bytes_header();
    return serve(call, &request, bytes);
}

__attribute__((noinline)) static void *new_bytes_otherwise(size_t bytes) {
    allocation_begins(MOAT_EXTENT_(bytes), MOAT_CALLER());
    void *object = refill(moat_bytes_header(), MOAT_EXTENT_(bytes));
    return allocation_ends(object != NULL ? object : new_bytes_slow(bytes));
}

/* One comparison refuses 0 and what no chunk holds. */
void *moat_new_bytes(size_t bytes) {
    if (bytes - 1 >= MOAT_SMALL_GRANULES * MOAT_GRANULE) {
        allocation_begins(bytes, MOAT_CALLER());
        return allocation_ends(new_bytes_slow(bytes));
    }
    BUMP(moat_bytes_header(), MOAT_EXTENT_(bytes), new_bytes_otherwise(bytes));
}

moat_out_of_memory_hook *moat_out_of_memory_hook_set(moat_out_of_memory_hook *hook) {
    moat_out_of_memory_hook *previous = moat_heap.front.out_of_memory_hook;
    moat_heap.front.out_of_memory_hook = hook;
    return previous;
}
