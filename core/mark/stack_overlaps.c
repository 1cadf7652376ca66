/* moat: whether memory overlaps a stack. See stack.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/owner.h"
#include "mark/stack.h"

bool moat_stack_overlaps(uintptr_t start, uintptr_t end) {
    struct moat_range thread = moat_port_thread_stack(), handler = moat_port_handler_stack();
    if ((start < thread.high && thread.low < end) || (start < handler.high && handler.low < end)) {
        return true;
    }
    moat_port_mask_t masked = moat_owner_mask();
    const struct moat_stack *stack = moat_heap.tables.stacks;
    while (stack != NULL && (start >= stack->high || stack->low >= end)) {
        stack = stack->next;
    }
    moat_owner_unmask(masked);
    return stack != NULL;
}
