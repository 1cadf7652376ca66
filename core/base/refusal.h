/* moat: why a call may be refused, in numbers. Internal to core; the texts are in message.c.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_REFUSAL_H
#define MOAT_REFUSAL_H

#include "moat.h"

/* X(CALL, what a message calls it), for each call that may be refused; at most 64. */
#define MOAT_REFUSING_CALLS(X)                                                                                         \
    X(INIT, "moat_init")                                                                                               \
    X(ARENA_ADD, "moat_arena_add")                                                                                     \
    X(STATS_GET, "moat_stats_get")                                                                                     \
    X(NEW, "moat_new")                                                                                                 \
    X(NEW_ARRAY, "moat_new_array")                                                                                     \
    X(NEW_FLEX, "moat_new_flex")                                                                                       \
    X(NEW_BYTES, "moat_new_bytes")                                                                                     \
    X(GC_STEP, "moat_gc_step")                                                                                         \
    X(GC_COLLECT, "moat_gc_collect")                                                                                   \
    X(UTILISATION_GET, "moat_utilisation_get")                                                                         \
    X(ROOT_ADD, "moat_root_add")                                                                                       \
    X(ROOT_REMOVE, "moat_root_remove")                                                                                 \
    X(STACK_ADD, "moat_stack_add")                                                                                     \
    X(STACK_REMOVE, "moat_stack_remove")                                                                               \
    X(TASK_ADD, "moat_task_add")                                                                                       \
    X(TASK_REMOVE, "moat_task_remove")                                                                                 \
    X(PIN, "moat_pin")                                                                                                 \
    X(UNPIN, "moat_unpin")                                                                                             \
    X(HANDLE_NEW, "moat_handle_new")                                                                                   \
    X(HANDLE_GET, "moat_handle_get")                                                                                   \
    X(HANDLE_DELETE, "moat_handle_delete")                                                                             \
    X(DMA_BEGIN, "moat_dma_begin")                                                                                     \
    X(DMA_END, "moat_dma_end")                                                                                         \
    X(MOVE_PART, "MOAT_MOVE_PART")                                                                                     \
    X(MOVE_ARRAY, "MOAT_MOVE_ARRAY")                                                                                   \
    X(ZERO, "MOAT_ZERO")                                                                                               \
    X(REGION_ADD, "moat_region_add")                                                                                   \
    X(REGION_REMOVE, "moat_region_remove")                                                                             \
    X(CHECK_LEVEL_SET, "moat_check_level_set")                                                                         \
    X(AUDIT_STEP, "moat_audit_step")                                                                                   \
    X(HEAP_DUMP, "moat_heap_dump")                                                                                     \
    X(TRACE_PRINT, "moat_trace_print")                                                                                 \
    X(USAGE_BEGIN, "moat_usage_begin")                                                                                 \
    X(SPACE_BEGIN, "moat_space_begin")                                                                                 \
    X(WHY_BEGIN, "moat_why_begin")                                                                                     \
    X(GROWTH_BEGIN, "moat_growth_begin")                                                                               \
    X(HIGH_GET, "moat_high_get")

/* X(REASON, the result without MOAT_ERR_, what is wrong and what to do in one clause). START has the port's text. */
#define MOAT_REASONS(X)                                                                                                \
    X(NOT_READY, NOT_READY, "call moat_init first")                                                                    \
    X(IN_HANDLER, HANDLER, "not in a handler: call it in thread mode")                                                 \
    X(START, START, "")                                                                                                \
    X(TWICE, READY, "called a second time")                                                                            \
    X(NO_MEMORY, NULL, "no memory given")                                                                              \
    X(ARENA_SIZE, SIZE, "an arena has 256 bytes to 8 MiB, on 64-bit cores to 256 MiB")                                 \
    X(ARENA_OVERLAP, OVERLAP, "overlaps an arena that is there already")                                               \
    X(ARENA_ON_ROOT, OVERLAP, "overlaps a root or a stack")                                                            \
    X(ARENAS_FULL, FULL, "too many arenas: raise MOAT_CONFIG_ARENAS_MAX")                                              \
    X(OTHER_STACK, SIZE, "the stack that is given to moat_init_with must be the caller's")                             \
    X(ARENA_ABSENT, ABSENT, "moat_arena_kinds: no arena is there")                                                     \
    X(NO_KIND, SIZE, "moat_arena_kinds: MOAT_MEMORY_ONLY is no kind, but a request's")                                 \
    X(NO_STRUCT, NULL, "no struct given")                                                                              \
    X(NO_TYPE, NULL, "no type given")                                                                                  \
    X(NOT_A_TYPE, FOREIGN, "not a type: define it with MOAT_TYPE")                                                     \
    X(NO_ARENA, SIZE, "no arena: call moat_arena_add first")                                                           \
    X(TOO_LARGE, SIZE, "larger than every arena")                                                                      \
    X(TOO_LARGE_IN, SIZE, "larger than every arena of these kinds: see moat_arena_kinds")                              \
    X(ARRAY_TYPE, TYPE, "no arrays of finalized or flexible types")                                                    \
    X(COUNT, SIZE, "count is 0 or overflows")                                                                          \
    X(FLEX_TYPE, TYPE, "not a flexible type: define it with MOAT_TYPE_FLEX")                                           \
    X(TAIL_COUNT, SIZE, "the tail's count overflows")                                                                  \
    X(NO_BYTES, SIZE, "ask for 1 byte or more")                                                                        \
    X(NO_BUDGET, SIZE, "the budget must be 1 unit or more")                                                            \
    X(NO_NUMBER, NULL, "no number given")                                                                              \
    X(NO_WINDOW, SIZE, "a window has 1,000, 10,000 or 100,000 ticks")                                                  \
    X(ROOT_ALIGN, ALIGN, "slots must be aligned to a word")                                                            \
    X(ROOT_TYPE, TYPE, "a root's type can't be flexible or finalized")                                                 \
    X(ROOT_IN_ARENA, OVERLAP, "overlaps an arena: pin objects, don't make them roots")                                 \
    X(ROOT_OVERLAP, OVERLAP, "overlaps a root that is there already")                                                  \
    X(ROOTS_FULL, FULL, "too many roots: raise MOAT_CONFIG_ROOTS_MAX")                                                 \
    X(ROOT_ABSENT, ABSENT, "no root begins there")                                                                     \
    X(NO_STACK, NULL, "no stack given")                                                                                \
    X(STACK_ALIGN, ALIGN, "low and high must be aligned to a word")                                                    \
    X(STACK_ORDER, SIZE, "low must be below high")                                                                     \
    X(STACK_OVERLAP, OVERLAP, "overlaps a stack that is registered")                                                   \
    X(STACK_ABSENT, ABSENT, "this stack is not registered")                                                            \
    X(NO_OBJECT, NULL, "no object given")                                                                              \
    X(NOT_MANAGED, FOREIGN, "not a pointer to a managed object")                                                       \
    X(PINS_FULL, FULL, "too many pins: raise MOAT_CONFIG_PINS_MAX")                                                    \
    X(NOT_PINNED, ABSENT, "not pinned")                                                                                \
    X(HANDLES_FULL, FULL, "too many handles: raise MOAT_CONFIG_HANDLES_MAX")                                           \
    X(HANDLE_ABSENT, ABSENT, "this handle was deleted or never made")                                                  \
    X(DMA_NULL, NULL, "no transfer, or no memory for it, given")                                                       \
    X(DMA_BEYOND, SIZE, "the transfer goes beyond its object's end")                                                   \
    X(DMA_TYPE, TYPE, "a device must not write slots: give it raw bytes, of MOAT_NEW_DMA")                             \
    X(DMA_SHARED, ALIGN, "shares lines of the cache with other objects: allocate with MOAT_NEW_DMA")                   \
    X(DMA_TWICE, OVERLAP, "this transfer is under way: moat_dma_end comes first")                                      \
    X(DMA_ENDED, ABSENT, "this transfer is not under way")                                                             \
    X(NO_COPY, NULL, "type, destination and source must not be NULL")                                                  \
    X(PART_SIZE, SIZE, "offset + bytes exceeds the type's size")                                                       \
    X(MOVE_COUNT, SIZE, "the count overflows")                                                                         \
    X(NO_REGION, NULL, "no region, or none with a name, given")                                                        \
    X(REGION_ORDER, SIZE, "start must be below end")                                                                   \
    X(REGION_TWICE, OVERLAP, "this region was added before")                                                           \
    X(REGION_ABSENT, ABSENT, "this region was not added")                                                              \
    X(LEVEL, SIZE, "a level is 0, 1 or 2")                                                                             \
    X(NO_STORE_CHECKS, BUILD,                                                                                          \
      "this build has no checks of stores: build core and application with -DMOAT_CONFIG_CHECK=2")                     \
    X(NO_CALL_CHECKS, BUILD,                                                                                           \
      "this build has no checks of calls: build core and application with -DMOAT_CONFIG_CHECK=1")                      \
    X(NO_EVENTS, BUILD, "no events are kept: build with MOAT_CONFIG_EVENTS")                                           \
    X(WHY_ROOM, SIZE, "give it room for a hop or more, and as many words as moat_why_words says")

/* A refusal is a number: a call + a reason, which names the result too. It has 16 bits, which one instruction loads,
 * for the first 32 calls. */
enum moat_refusal_layout {
    MOAT_REFUSAL_RESULT_SHIFT = 5,
    MOAT_REFUSAL_REASON_SHIFT = 9,
    MOAT_REFUSAL_MORE_SHIFT = 16, /* of calls beyond those 32 */
};
#define MOAT_REFUSAL_CALL_MASK ((1u << MOAT_REFUSAL_RESULT_SHIFT) - 1)
#define MOAT_REFUSAL_RESULT_MASK ((1u << (MOAT_REFUSAL_REASON_SHIFT - MOAT_REFUSAL_RESULT_SHIFT)) - 1)
#define MOAT_REFUSAL_REASON_MASK ((1u << (MOAT_REFUSAL_MORE_SHIFT - MOAT_REFUSAL_REASON_SHIFT)) - 1)

/* The result that a refusal names. */
static inline int moat_refusal_result(uint32_t refusal) {
    return -(int)(refusal >> MOAT_REFUSAL_RESULT_SHIFT & MOAT_REFUSAL_RESULT_MASK);
}

/* The call's index, and the reason's. */
static inline uint32_t moat_refusal_call(uint32_t refusal) {
    return (refusal & MOAT_REFUSAL_CALL_MASK) | refusal >> MOAT_REFUSAL_MORE_SHIFT << MOAT_REFUSAL_RESULT_SHIFT;
}

static inline uint32_t moat_refusal_reason(uint32_t refusal) {
    return refusal >> MOAT_REFUSAL_REASON_SHIFT & MOAT_REFUSAL_REASON_MASK;
}

#define MOAT_ENUM_CALL_INDEX_(name, text) MOAT_CALL_INDEX_##name,
enum moat_call_index { MOAT_REFUSING_CALLS(MOAT_ENUM_CALL_INDEX_) };

#define MOAT_ENUM_CALL_(name, text)                                                                                    \
    MOAT_IN_##name = (MOAT_CALL_INDEX_##name & MOAT_REFUSAL_CALL_MASK) |                                               \
                     MOAT_CALL_INDEX_##name >> MOAT_REFUSAL_RESULT_SHIFT << MOAT_REFUSAL_MORE_SHIFT,
enum moat_refused { MOAT_REFUSING_CALLS(MOAT_ENUM_CALL_) };

#define MOAT_ENUM_INDEX_(name, result, text) MOAT_REASON_INDEX_##name,
enum moat_reason_index { MOAT_REASONS(MOAT_ENUM_INDEX_) };

#define MOAT_ENUM_REASON_(name, result, text)                                                                          \
    MOAT_REASON_##name = MOAT_REASON_INDEX_##name << MOAT_REFUSAL_REASON_SHIFT | -MOAT_ERR_##result                    \
                                                                                     << MOAT_REFUSAL_RESULT_SHIFT,
enum moat_reason { MOAT_REASONS(MOAT_ENUM_REASON_) };

#endif
