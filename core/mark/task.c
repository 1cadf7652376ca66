/* moat: the stacks of preemptive tasks. See task.h, moat_task.h; docs/design.md, "Tasks".
 *
 * A task that does not run leaves its stack as it is. So a scan of it in pieces, between which other tasks run, sees
 * the stack as it was at one moment, if this task has not run meanwhile: its count of switches tells. Else the scan
 * begins anew where the task stands now, and after a few times it is done in one masked piece.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/task.h"

#include "base/caller.h"
#include "fault/assert.h"
#include "mark/deepest.h"
#include "mark/owner.h"
#include "mark/stack.h"
#include "moat_task.h"

#if MOAT_CONFIG_TASKS

#pragma weak moat_stack_note

static void note(uintptr_t bytes) {
    if (moat_stack_note != NULL) {
        moat_stack_note(bytes);
    }
}

/* A piece of a scan, and how often one may begin anew. */
#define PIECE_BYTES (16 * MOAT_WORD_BYTES)
#define RESTARTS_MAX 3u

/* Masked. A stack pointer that is not known means the whole stack. */
static void begin(struct moat_stack *stack) {
    struct moat_marking *mark = &moat_heap.mark;
    mark->stack = stack;
    mark->stack_at = moat_stack_holds(stack, stack->sp) ? stack->sp : stack->low;
    mark->stack_runs = stack->runs;
    note(stack->high - mark->stack_at);
}

/* Masked. The stack whose scan is under way, or the next one. */
static struct moat_stack *stack_under_way(void) {
    struct moat_marking *mark = &moat_heap.mark;
    if (mark->stack == NULL) {
        struct moat_stack *stack = moat_stacks_first_grey();
        if (stack != NULL) {
            begin(stack);
            mark->stack_restarts = 0;
        }
    } else if (mark->stack->runs != mark->stack_runs) {
        begin(mark->stack);
        mark->stack_restarts++;
    }
    return mark->stack;
}

static void scan_registers(const struct moat_stack *stack) {
    uintptr_t from = (uintptr_t)stack->registers;
    (void)moat_stack_scan_words(from, from + stack->register_words * MOAT_WORD_BYTES);
}

/* Masked, but for the piece, unless its task leaves no time for that. */
static void scan_piece(struct moat_stack *stack, moat_port_mask_t masked) {
    struct moat_marking *mark = &moat_heap.mark;
    uintptr_t from = mark->stack_at, left = stack->high - from;
    bool unmask = mark->stack_restarts <= RESTARTS_MAX;
    uintptr_t bytes = unmask && left > PIECE_BYTES ? PIECE_BYTES : left;
    uint32_t runs = stack->runs;
    if (unmask) {
        moat_port_unmask(masked);
    }
    (void)moat_stack_scan_words(from, from + bytes);
    if (unmask) {
        (void)moat_port_mask();
    }
    if (mark->stack == stack && stack->runs == runs) { /* it is still known, and has not run */
        mark->stack_at = from + bytes;
        if (bytes == left) {
            scan_registers(stack);
            stack->cycle = moat_heap.cycle.number;
            mark->stack = NULL;
        }
    }
}

MOAT_ENTRY _Noreturn void moat_owner_masked(void) {
    moat_port_misused(MOAT_CALLER(), moat_stack_here(), MOAT_PORT_MISUSED_MASKED_WAIT);
}

bool moat_task_scan_some(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    moat_port_mask_t masked = moat_port_mask();
    struct moat_stack *stack = stack_under_way();
    bool own = stack != NULL && moat_stack_holds(stack, moat_stack_here());
    if (stack != NULL && !own) {
        scan_piece(stack, masked);
    }
    moat_port_unmask(masked);
    if (own) {
        moat_stack_scan_current();
        masked = moat_port_mask();
        moat_task_forget(stack);
        moat_port_unmask(masked);
    }
    return stack != NULL;
}

/* The frames from `from` on stay as they are while the task is in here. Another owner may scan them too. */
bool moat_task_scan_own(uintptr_t from, uintptr_t to) {
    const uint32_t cycle = moat_heap.cycle.number;
    note(to - from);
    while (from != to) {
        uintptr_t bytes = to - from > PIECE_BYTES ? PIECE_BYTES : to - from;
        (void)moat_stack_scan_words(from, from + bytes);
        from += bytes;
        moat_owner_yield();
        if (moat_heap.cycle.number != cycle || moat_heap.cycle.phase != MOAT_PHASE_MARK) {
            return false;
        }
    }
    return true;
}

void moat_task_forget(const struct moat_stack *stack) {
    if (moat_heap.mark.stack == stack) {
        moat_heap.mark.stack = NULL;
    }
}

/* ---- what the kernel's hooks call ---- */

int moat_task_add(struct moat_stack *stack) {
    return moat_stacks_link(MOAT_IN_TASK_ADD, stack);
}

int moat_task_remove(struct moat_stack *stack) {
    return moat_stacks_unlink(MOAT_IN_TASK_REMOVE, stack);
}

#endif
