/* moat: the heap's start in a program whose linker script knows nothing of moat. See moat.h; docs/no-script.md.
 *
 * SPDX-License-Identifier: MIT */
#include "base/clear.h"
#include "base/port.h"
#include "base/result.h"
#include "base/sections.h"
#include "heap/arena.h"
#include "mark/stack.h"
#include "moat.h"

static void clear(char *start, const char *end) {
    uintptr_t last = (uintptr_t)end & ~(uintptr_t)(MOAT_WORD_BYTES - 1);
    moat_clear_words((uintptr_t)start, last);
    for (char *at = (char *)last; at != end; at++) {
        *(volatile char *)at = 0;
    }
}

int moat_init_with(void *memory, size_t bytes, const void *stack_low, const void *stack_high) {
    const enum moat_refused call = MOAT_IN_INIT;
    uintptr_t low = (uintptr_t)stack_low, high = (uintptr_t)stack_high;
    if (moat_heap.front.ready) {
        return moat_refuse(call, MOAT_REASON_TWICE, 0);
    }
    if (high <= low || moat_stack_here() - low >= high - low) {
        return moat_refuse(call, MOAT_REASON_OTHER_STACK, low);
    }
    moat_port_thread_stack_is(low, high);
    int result = moat_arena_check(call, (uintptr_t)memory, bytes);
    if (result != MOAT_OK) {
        return result;
    }
    clear(moat_roots_start, moat_roots_end);
    clear(moat_typed_roots_start, moat_typed_roots_end);
    clear((char *)moat_c_owned_start, moat_c_owned_end);
    result = moat_init();
    return result == MOAT_OK ? moat_arena_add(memory, bytes) : result;
}
