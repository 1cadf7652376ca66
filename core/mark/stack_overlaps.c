/* moat: whether memory overlaps a stack. See stack.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/stack.h"

bool moat_stack_overlaps(uintptr_t start, uintptr_t end) {
    struct moat_range thread = moat_port_thread_stack(), handler = moat_port_handler_stack();
    if ((start < thread.high && thread.low < end) || (start < handler.high && handler.low < end)) {
        return true;
    }
    for (const struct moat_stack *stack = moat_heap.tables.stacks; stack != NULL; stack = stack->next) {
        if (start < stack->high && stack->low < end) {
            return true;
        }
    }
    return false;
}
