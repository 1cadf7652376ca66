/* moat: the stack that a fault came from: its bounds, and who may have called whom. See fault.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include "moat_heap.h"
#include "base/port.h"
#include "base/sections.h"

#define TASKS_MAX 64u       /* the list of registered stacks may be what is broken */
#define OVERRUN_BYTES 4096u /* so far below its end a stack pointer, or what it reaches, still means this stack */
#define SCAN_WORDS 512u

static bool reaches(uintptr_t sp, const struct moat_range *stack) {
    return sp < stack->high && sp >= stack->low - (stack->low < OVERRUN_BYTES ? stack->low : OVERRUN_BYTES);
}

/* The stack that sp lies in comes before the one that it may have run out of. */
static bool is_on(uintptr_t sp, const struct moat_range *stack, bool overrun) {
    return overrun ? reaches(sp, stack) : sp >= stack->low && sp < stack->high;
}

static enum moat_fault_stack find(uintptr_t sp, struct moat_range *bounds, bool overrun) {
    struct moat_range thread = moat_port_thread_stack(), handler = moat_port_handler_stack();
    bounds->low = thread.low;
    bounds->high = thread.high;
    if (is_on(sp, bounds, overrun)) {
        return MOAT_FAULT_STACK_THREAD;
    }
    bounds->low = handler.low;
    bounds->high = handler.high;
    if (is_on(sp, bounds, overrun)) {
        return MOAT_FAULT_STACK_HANDLER;
    }
    const struct moat_stack *task = moat_heap.tables.stacks;
    for (unsigned i = 0; task != NULL && i < TASKS_MAX; i++, task = task->next) {
        bounds->low = task->low;
        bounds->high = task->high;
        if (is_on(sp, bounds, overrun)) {
            return MOAT_FAULT_STACK_TASK;
        }
    }
    return MOAT_FAULT_STACK_NONE;
}

enum moat_fault_stack moat_fault_stack_of(uintptr_t sp, struct moat_range *bounds) {
    enum moat_fault_stack found = find(sp - 1, bounds, false); /* of a stack that nothing is on yet sp is the end */
    if (found == MOAT_FAULT_STACK_NONE) {
        found = find(sp, bounds, false);
    }
    return found != MOAT_FAULT_STACK_NONE ? found : find(sp, bounds, true);
}

const char *moat_fault_overrun(uintptr_t sp, uintptr_t address) {
    static const char *const names[] = {
        [MOAT_FAULT_STACK_THREAD] = "thread", [MOAT_FAULT_STACK_HANDLER] = "handler", [MOAT_FAULT_STACK_TASK] = "task"};
    struct moat_range stack;
    enum moat_fault_stack found = moat_fault_stack_of(sp, &stack);
    bool below = sp < stack.low || (address < stack.low && stack.low - address <= OVERRUN_BYTES);
    return found != MOAT_FAULT_STACK_NONE && below ? names[found] : NULL;
}

/* ---- likely callers ---- */

static bool is_code(uintptr_t address) {
    for (const struct moat_region *region = moat_regions_start; region < moat_regions_end; region++) {
        if (region->kind == MOAT_REGION_FLASH && address >= (uintptr_t)region->start + MOAT_PORT_CALL_BYTES &&
            address < (uintptr_t)region->end) {
            return true;
        }
    }
    return false;
}

__attribute__((no_sanitize_address)) uint32_t moat_fault_callers(uintptr_t sp, volatile uintptr_t *out, uint32_t most) {
    struct moat_range stack;
    if (moat_fault_stack_of(sp, &stack) == MOAT_FAULT_STACK_NONE) {
        return 0;
    }
    const volatile uintptr_t *at =
        (const volatile uintptr_t *)((sp < stack.low ? stack.low : sp) & ~(uintptr_t)(sizeof sp - 1));
    uint32_t found = 0;
    for (uint32_t i = 0; i < SCAN_WORDS && (uintptr_t)(at + 1) <= stack.high && found < most; i++, at++) {
        uintptr_t word = *at;
        bool again = found != 0 && out[found - 1] == word; /* pushed, and in the fault's own report */
        if (!again && is_code(word) && moat_port_follows_call(word)) {
            out[found++] = word;
        }
    }
    return found;
}
