/* moat: a managed heap for firmware: allocator, incremental collector, guard. The header that firmware includes.
 *
 * Words: an *object* is memory from moat_new and friends. A *slot* is a word that may hold a pointer to an object.
 * *Managed memory* is the arenas, the root sections and the stacks. A *safe point* is an allocation, moat_gc_step or
 * moat_gc_collect, called in thread mode. Only there is an object found dead. docs/design.md has the rest.
 *
 * Context: "any" means thread mode and interrupt handlers. "thread" means that a handler gets MOAT_ERR_HANDLER. The
 * port can tell the two apart only if start-up has prepared what it needs: if not, moat_init and the calls for thread
 * mode return MOAT_ERR_START. An allocation does not ask again.
 * Stores to slots go through the macros of moat_barrier.h. Reads need no macro.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_H
#define MOAT_H

#define MOAT_VERSION 0x000100u /* 0x00MMmmpp */

#include "moat_defaults.h"

#include "moat_compiler.h"
#include "moat_type.h"

#include "moat_fault.h"
#include "moat_heap.h"
#include "moat_region.h"

#include "moat_barrier.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MOAT_C_BEGIN_

/* ---- results ---- */

/* 0 or one of these. A call that returns an error has changed nothing. If the firmware has MOAT_USE_MESSAGES, or links
 * core without an archive, the call has also printed a line that says what was wrong, where, and what to do. */
enum moat_result {
    MOAT_OK = 0,
    MOAT_ERR_NOT_READY = -1, /* called before moat_init */
    MOAT_ERR_READY = -2,     /* moat_init called twice */
    MOAT_ERR_NULL = -3,      /* a pointer that must not be NULL is */
    MOAT_ERR_FOREIGN = -4,   /* the pointer is not to an object, or the type is not in the types' section */
    MOAT_ERR_SIZE = -5,      /* a size or count is 0, too large, or its product overflows */
    MOAT_ERR_ALIGN = -6,     /* not aligned to a word */
    MOAT_ERR_OVERLAP = -7,   /* overlaps an arena, a root or a stack that is known already */
    MOAT_ERR_FULL = -8,      /* the table is full: raise the MOAT_CONFIG_..._MAX that the message names */
    MOAT_ERR_HANDLER = -9,   /* not to be called from a handler */
    MOAT_ERR_ABSENT = -10,   /* not registered, not pinned, or a stale handle */
    MOAT_ERR_MEMORY = -11,   /* no free memory of that size, after a whole collection */
    MOAT_ERR_TYPE = -12,  /* the type does not allow this: array of a finalized or flexible type, tail of a rigid one */
    MOAT_ERR_BUILD = -13, /* this build has no code for it: the message says how to build it */
    MOAT_ERR_START = -14, /* start-up has left something undone that the port needs: the message says what */
};

/* MOAT_USE_MESSAGES: write it once, at file scope, in a firmware that shall print such lines. Cost: some 3 KB of texts
 * and code; none with MOAT_CONFIG_MESSAGES 0. */
#if MOAT_CONFIG_MESSAGES
#define MOAT_USE_MESSAGES MOAT_USES_(firmware, messages, 1)
#else
#define MOAT_USE_MESSAGES MOAT_STATIC_ASSERT_(1, "no messages")
#endif

/* The name of a result, e.g. "MOAT_ERR_NULL". Context: any. Never NULL. */
const char *moat_result_name(int result);

/* The result of the last call that failed, for calls that return NULL. 0: none failed yet. Context: any. */
int moat_last_error(void);

/* ---- lifecycle ---- */

/* Starts the heap, with the arena that the linker script gives, if it gives one. A program whose arena is too small or
 * too large does not link (linker/moat_ram.ld).
 * Returns MOAT_OK; MOAT_ERR_READY if called before; MOAT_ERR_START, _HANDLER.
 * Context: thread, before anything else. Cost: as moat_arena_add's. */
int moat_init(void);

/* In place of moat_init, with MOAT_CONFIG_LINKER_SCRIPT 0: starts the heap with the arena [memory, memory + bytes), as
 * moat_arena_add does. Before that it clears the roots and the variables of MOAT_C_OWNED, since no start-up code knows
 * them.
 * stack_low, stack_high  the stack that thread mode runs on: its lowest address, and one past its highest. All pointers
 *                        of the caller, and of its callers, must lie in it
 * Returns as moat_init and moat_arena_add; also MOAT_ERR_SIZE, if the caller's frame is not on that stack.
 * Context: thread, before any root is written. Cost: as moat_arena_add's. */
int moat_init_with(void *memory, size_t bytes, const void *stack_low, const void *stack_high);

/* Adds memory to the heap for good.
 * start   any address; bytes before the first whole word and behind the last are not used
 * bytes   256 (from a whole word on) .. 8 MiB, 256 MiB on 64-bit cores; 3.5 % of them go to bitmaps, 1.8 % on 64-bit
 *         cores
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL, _SIZE, _OVERLAP (an arena, a root, a stack), _FULL
 * (MOAT_CONFIG_ARENAS_MAX). Context: thread. Cost: clears its bitmaps. If no cycle runs, it also walks back over a part
 * of the bitmaps of all arenas, masked for a slice at a time. */
int moat_arena_add(void *start, size_t bytes);

/* ---- allocation ---- */

/* All return a zeroed payload that is aligned to MOAT_GRANULE, or NULL iff
 *   - the heap is not ready (MOAT_ERR_NOT_READY), type is NULL (_NULL) or not from MOAT_TYPE (_FOREIGN),
 *   - the type does not allow it (_TYPE), the size is 0, overflows or exceeds every arena (_SIZE), or
 *   - no free memory of that size is left (_MEMORY). In thread mode the running cycle was finished before, and a whole
 *     new one was run. In a handler there was a bounded sweep, and thread mode is asked for a collection.
 * The object is kept while a root, a stack, a pin or a slot of a kept object points to it or into it.
 *
 * Bound: a failing allocation in thread mode starts five cycles at most. Finalizers that are called one after the
 * other, by a failing allocation or by moat_gc_collect, and the out-of-memory hook may allocate too. Together these
 * allocations may run one new cycle.
 * Traps in thread mode on a stack that is not known, and while another task is inside: moat_stack_add.
 *
 * Context: any. Cost: a few tens of instructions while the chunk has room. A new chunk costs a search, and clearing up
 * to 224 granules. A large object costs a search and its clearing, both with interrupts on. While a cycle runs there is
 * no chunk: each object costs a search and the collector work that pacing asks for, in slices with interrupts on
 * between them, and in a handler one slice. When memory is out, thread mode runs whole cycles. */

/* One object of a type. */
void *moat_new(const struct moat_type *type);

/* `count` elements of a type, contiguous. count 1..size limits. Not for finalized or flexible types. */
void *moat_new_array(const struct moat_type *type, size_t count);

/* One object of a flexible type with `tail` elements in its tail; tail may be 0. */
void *moat_new_flex(const struct moat_type *type, size_t tail);

/* `bytes` raw bytes, 1 or more, never scanned. */
void *moat_new_bytes(size_t bytes);

/* The same by the type's name, as it was given to MOAT_TYPE. The result is a `T *`, so the compiler warns if it is
 * assigned to a pointer to something else. If the type is known only at run time, call the functions. */
#define MOAT_NEW(type) ((MOAT_OBJECT_OF_(type) *)moat_new(&(type)))
#define MOAT_NEW_ARRAY(type, count) ((MOAT_OBJECT_OF_(type) *)moat_new_array(&(type), (count)))
#define MOAT_NEW_FLEX(type, tail) ((MOAT_OBJECT_OF_(type) *)moat_new_flex(&(type), (tail)))
#define MOAT_NEW_BYTES(bytes) moat_new_bytes(bytes)

/* Called in thread mode when an allocation is about to fail, after everything was collected. It may drop references and
 * return true: then there is one more collection and one more try. If it returns false, the allocation returns NULL. It
 * may allocate. If such an allocation fails, the hook is not called again for it. */
typedef bool moat_out_of_memory_hook(size_t bytes);

/* Sets the hook, NULL for none; returns the previous one. Context: any. */
moat_out_of_memory_hook *moat_out_of_memory_hook_set(moat_out_of_memory_hook *hook);

/* ---- collector ---- */

/* Does collector work, for an idle loop.
 * budget  work units (see MOAT_CONFIG_SLICE_UNITS), 1 or more; done in slices, interrupts on between them. Scans of
 *         stacks are not counted
 * Starts a cycle only when pacing asks for one. Runs a finalizer if one is due. Traps as moat_new does.
 * Returns 1 if a cycle is under way, 0 if none is, or MOAT_ERR_NOT_READY, _HANDLER, _SIZE.
 * Context: thread. Cost: at most budget units; the scan of this stack if a cycle starts; the scan of one registered
 * stack (with MOAT_CONFIG_SLICE_CLOCK, _AUDIT or _EVENTS: of one behind each slice); one finalizer. */
int moat_gc_step(size_t budget);

/* Finishes the cycle that runs, and then runs a whole new one: all that was unreachable at the call is free then. After
 * that it runs the finalizers that are due. Traps as moat_new does. Returns MOAT_OK or MOAT_ERR_NOT_READY, _HANDLER.
 * Context: thread. Cost: in proportion to the live data and the arenas, in slices with interrupts on between them, and
 * the finalizers. */
int moat_gc_collect(void);

/* Copies the counters, and adds up the free bytes, which handlers may change meanwhile. Returns MOAT_OK, or
 * MOAT_ERR_NULL if out is NULL. Context: any. Cost: some 20 instructions for each 32 granules of the arenas, interrupts
 * masked for 512 granules at a time. */
int moat_stats_get(struct moat_stats *out);

#if MOAT_CONFIG_SLICE_CLOCK
/* The minimum mutator utilisation: the least share of time that the collector has left to the firmware in any window of
 * so many ticks of moat_port_clock, since the start or moat_utilisation_restart.
 *
 * window  1,000, 10,000 or 100,000
 * share   receives 0..1000 thousandths: 1000 if the collector has not worked yet. At most the true share, and at most
 *         50 less
 *
 * The collector's time is that of slices and of scans of stacks, with the handlers that come in between. The rest of an
 * allocation is the firmware's time. The measuring itself counts as the firmware's too: it takes some hundred
 * instructions behind each slice, with interrupts masked.
 * Returns MOAT_OK, or MOAT_ERR_NULL, _SIZE (another window). Context: any. Cost: constant. */
int moat_utilisation_get(uint32_t window, uint32_t *share);

/* Forgets what was measured. Context: any. Cost: constant. */
void moat_utilisation_restart(void);
#endif

/* ---- roots and stacks ---- */

/* Makes `count` elements of `type` at `start` roots until moat_root_remove(start); with type NULL, `count` slots.
 * start   aligned to a word, not in an arena, e.g. a static or malloc'd struct
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL, _ALIGN, _SIZE (count 0 or overflow), _OVERLAP (another root
 * or an arena), _FOREIGN, _TYPE (flexible or finalized), _FULL (MOAT_CONFIG_ROOTS_MAX).
 * Context: thread. Cost: a search of arenas and roots. While a cycle marks, it also greys what the slots hold now, in
 * slices. */
int moat_root_add(void *start, const struct moat_type *type, size_t count);

/* Ends moat_root_add. For the collector this is a deletion: while a cycle marks, it shades what the slots hold.
 * Returns MOAT_OK or MOAT_ERR_NOT_READY, _HANDLER, _ABSENT. Context: thread. Cost: as moat_root_add's. */
int moat_root_remove(void *start);

/* Registers a task's stack, which is then scanned conservatively from stack->sp to stack->high. If sp is outside the
 * stack, it is taken as not known, and the whole stack is scanned.
 *
 * Register a stack before its task allocates. An allocation that is more than the fast path, moat_gc_step and
 * moat_gc_collect trap on a stack that is not known (MOAT_FAULT_UNKNOWN_STACK). The stack that main runs on is known
 * while it runs. Firmware that switches away from it must register it too.
 *
 * Without MOAT_CONFIG_TASKS, tasks are cooperative: they switch only outside barrier macros, and only one of them is
 * inside moat at a time. A second one traps (MOAT_FAULT_SECOND_TASK). Finalizers and the out-of-memory hook may switch.
 * stack   the caller's, in static memory until moat_stack_remove; only the task switch writes to it (sp)
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _HANDLER, _NULL, _ALIGN, _SIZE (low >= high), _OVERLAP (registered). Context:
 * thread. Cost: a search of the registered stacks; a stack that is added while a cycle marks is scanned in this cycle.
 */
int moat_stack_add(struct moat_stack *stack);

/* Ends moat_stack_add. While a cycle marks, the stack is scanned first if it has not been. It may be the stack that
 * runs: then the caller must not allocate from then on.
 * Returns MOAT_OK or MOAT_ERR_NOT_READY, _HANDLER, _NULL, _ABSENT. Context: thread. Cost: a search of the registered
 * stacks; while marking, the scan. */
int moat_stack_remove(struct moat_stack *stack);

/* ---- what C may hold ---- */

/* Pins an object: it is kept, and may be stored in foreign memory, until it has been unpinned as often. `p` may point
 * into it.
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _NULL, _FOREIGN (not an object), _FULL (MOAT_CONFIG_PINS_MAX).
 * Context: any. Cost: as moat_object_find's, and a search of the pins. */
int moat_pin(const void *p);

/* Takes one pin back. Returns MOAT_OK, or MOAT_ERR_NOT_READY, _NULL, _ABSENT (not pinned).
 * Context: any. Cost: as moat_pin's. */
int moat_unpin(const void *p);

/* True if the object that p points into is pinned, or is a persistent block (moat_guard.h).
 * Context: any. Cost: as moat_pin's, and a search of the list of such blocks. */
bool moat_is_pinned(const void *p);

/* The number of pins that have not been taken back, over all objects. It is the same before and after a call of C,
 * unless C kept some. Context: any. Cost: a pass over the pins. */
uint32_t moat_pin_count(void);

/* Returns an integer that C may keep in place of a pointer. It keeps the object until moat_handle_delete. It is never
 * 0, except for an error: MOAT_ERR_NOT_READY, _NULL, _FOREIGN or _FULL (MOAT_CONFIG_HANDLES_MAX); see moat_last_error.
 * Entries are taken in turn. A deleted handle becomes valid again after its entry has been deleted 2^23 times. That
 * takes 2^23 handles for each free entry: 18 hours at 1,000 a second with 8 free entries, and 2.3 hours with one.
 * Context: any. Cost: a search for a free entry. */
uint32_t moat_handle_new(void *object);

/* The pointer that was given to moat_handle_new, or NULL for a handle that was deleted or never made (_ABSENT).
 * Context: any. Cost: constant. */
void *moat_handle_get(uint32_t handle);

/* Ends a handle; it is stale from then on. Returns MOAT_OK or MOAT_ERR_NOT_READY, _ABSENT. Context: any. */
int moat_handle_delete(uint32_t handle);

/* ---- looking ---- */

struct moat_object {
    void *start;                  /* payload */
    size_t bytes;                 /* payload, rounding included */
    const struct moat_type *type; /* of its elements; moat_type_bytes for raw bytes */
    bool array;                   /* made by moat_new_array */
};

/* Finds the object that p points at or into. Returns true and fills *out (may be NULL); or false: p is not in the
 * payload of an object. The rounding counts as a part of the object (`bytes`), so one past the end may lie in it.
 * Context: any. Cost: for an address in the middle, a step for each 8,160 granules back to the start, masked; unless
 * out is NULL, also a step for each 32 granules from there to the end, not masked. */
bool moat_object_find(const void *p, struct moat_object *out);

/* Goes on from *object to the object that lies behind it in memory; with object->start NULL, to the first of all.
 * Returns true, or false: there is no further one. object->start may have been freed since; objects that are made
 * meanwhile may be seen or not. An object that it finds may be dead and not freed yet: look at it before the next
 * allocation, and store it nowhere, in no weak reference either, unless a slot or a root is known to hold it. Context:
 * any. Cost: as moat_object_find's, and a step for each 32 granules of free or dead memory before it. */
bool moat_object_next(struct moat_object *object);

/* The type of raw bytes. */
MOAT_TYPE_DECLARE(moat_type_bytes, unsigned char);

/* The result of moat_heap_check. */
struct moat_heap_error {
    unsigned invariant; /* n of INV-n in docs/design.md */
    const void *where;  /* the address it is about, or NULL */
    const char *what;   /* one sentence */
};

/* Walks the heap and verifies every invariant for the phase that the collector is in.
 * out     receives the first violation; may be NULL
 * Returns MOAT_OK if all hold, or before moat_init; else 1. Context: thread. Cost: the whole heap, interrupts masked:
 * for tests and post-mortems. */
int moat_heap_check(struct moat_heap_error *out);

#if MOAT_CONFIG_STRESS_FAIL
/* Makes the k-th allocation from now fail (1: the next); 0: none. Context: thread. For tests. */
void moat_stress_fail(uint32_t k);
#endif

MOAT_C_END_

#include "moat_dma.h"
#include "moat_memory.h"
#include "moat_weak.h"
#include "moat_task.h"
#include "moat_dump.h"
#include "moat_answers.h"
#include "moat_quota.h"
#include "moat_trace.h"
#include "moat_guard.h"

#ifdef MOAT_PLUGIN
#include "moat_plugin.h"
#endif

#ifdef MOAT_LINT
#include "moat_lint.h"
#else
MOAT_STAMP_(LINT, 0);
#endif

#endif
