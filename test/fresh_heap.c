/* moat: a heap that begins anew. See fresh_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fresh_heap.h"

#include "base/sections.h"
#include "mark/weak.h"

#include <moat.h>
#include <string.h>

/* Not a part of the heap's struct: linked where weak references are. */
#pragma weak moat_weak_refs

bool fresh_heap(void *arena, size_t bytes) {
    if (&moat_weak_refs != NULL) {
        memset(&moat_weak_refs, 0, sizeof moat_weak_refs);
    }
    memset(&moat_heap, 0, sizeof moat_heap);
    memset(moat_roots_start, 0, (size_t)(moat_roots_end - moat_roots_start));
    memset(moat_typed_roots_start, 0, (size_t)(moat_typed_roots_end - moat_typed_roots_start));
    return moat_init() == MOAT_OK && moat_arena_add(arena, bytes) == MOAT_OK;
}

/* A leaf function, whose frame is the array and nothing else: a call would leave a gap for saved registers. */
__attribute__((noinline, no_sanitize_address)) void scrub_stack(void) {
    volatile moat_word words[TEST_STACK_WORDS];
    for (size_t i = 0; i < TEST_STACK_WORDS; i++) {
        words[i] = 0;
    }
    __asm__ volatile("" : : "r"(words) : "memory");
}

__attribute__((noinline)) void collect_cycles(unsigned count) {
    while (count-- != 0) {
        scrub_stack();
        (void)moat_gc_collect();
    }
}

__attribute__((noinline)) bool is_alive(uintptr_t hidden) {
    struct moat_object object;
    return moat_object_find((const void *)~hidden, &object) && object.start == (void *)~hidden;
}

size_t free_bytes(void) {
    struct moat_stats stats;
    return moat_stats_get(&stats) == MOAT_OK ? stats.free_bytes : 0;
}
