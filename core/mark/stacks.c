/* moat: registered stacks. See stack.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/owner.h"
#include "mark/stack.h"
#include "mark/task.h"
#include "base/port.h"
#include "base/result.h"

struct moat_stack *moat_stacks_find(uintptr_t sp) {
    moat_port_mask_t masked = moat_owner_mask();
    struct moat_stack *stack = moat_heap.tables.stacks;
    while (stack != NULL && !moat_stack_holds(stack, sp)) {
        stack = stack->next;
    }
    moat_owner_unmask(masked);
    return stack;
}

/* The cost of a piece of a task's stack. */
#define PIECE_UNITS 12u

/* A registered stack to be scanned, and the units that it took. */
struct visit {
    struct moat_stack *stack;
    uint32_t units;
};

/* The stack that runs now is scanned from its real stack pointer, the others from where they were switched away, or
 * whole where that is not known. */
static void *scan_registered(void *context, uintptr_t sp) {
    struct visit *visit = context;
    struct moat_stack *stack = visit->stack;
    MOAT_ASSERT(stack->low < stack->high);
    uintptr_t from = moat_stack_holds(stack, sp) ? sp : stack->sp;
    visit->units = moat_stack_scan_words(moat_stack_holds(stack, from) ? from : stack->low, stack->high);
    stack->cycle = moat_heap.cycle.number;
    return NULL;
}

struct moat_stack *moat_stacks_first_grey(void) {
    struct moat_stack *stack = moat_heap.tables.stacks;
    while (stack != NULL && stack->cycle == moat_heap.cycle.number) {
        stack = stack->next;
    }
    return stack;
}

uint32_t moat_stacks_scan_next(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    if (MOAT_CONFIG_TASKS) {
        return moat_task_scan_some() ? PIECE_UNITS : 0;
    }
    struct visit visit = {moat_stacks_first_grey(), 0};
    if (visit.stack != NULL) {
        (void)moat_port_spill_and_call(scan_registered, &visit);
    }
    return visit.units;
}

int moat_stacks_link(enum moat_refused call, struct moat_stack *stack) {
    if (stack == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STACK, 0);
    }
    if ((stack->low | stack->high) % MOAT_WORD_BYTES != 0) {
        return moat_refuse(call, MOAT_REASON_STACK_ALIGN, stack->low);
    }
    if (stack->low >= stack->high) {
        return moat_refuse(call, MOAT_REASON_STACK_ORDER, stack->low);
    }
    moat_port_mask_t masked = moat_port_mask();
    const struct moat_stack *other = moat_heap.tables.stacks;
    while (other != NULL && (stack->low >= other->high || other->low >= stack->high)) {
        other = other->next;
    }
    if (other == NULL) {
        stack->cycle = moat_heap.cycle.number - 1;
        stack->next = moat_heap.tables.stacks;
        moat_heap.tables.stacks = stack;
        if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
            moat_heap.mark.stacks_grey = true;
            moat_heap.mark.stage = moat_heap.mark.stage > MOAT_STAGE_STACKS ? MOAT_STAGE_STACKS : moat_heap.mark.stage;
        }
    }
    moat_port_unmask(masked);
    return other == NULL ? MOAT_OK : moat_refuse(call, MOAT_REASON_STACK_OVERLAP, stack->low);
}

int moat_stacks_unlink(enum moat_refused call, struct moat_stack *stack) {
    if (stack == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STACK, 0);
    }
    moat_port_mask_t masked = moat_port_mask();
    struct moat_stack **link = &moat_heap.tables.stacks;
    while (*link != NULL && *link != stack) {
        link = &(*link)->next;
    }
    bool known = *link != NULL;
    if (known) {
        *link = stack->next;
        moat_heap.front.stack_span = 0;
        if (MOAT_CONFIG_TASKS) {
            moat_task_forget(stack);
        }
    }
    moat_port_unmask(masked);
    return known ? MOAT_OK : moat_refuse(call, MOAT_REASON_STACK_ABSENT, (uintptr_t)stack);
}

MOAT_ENTRY int moat_stack_add(struct moat_stack *stack) {
    const enum moat_refused call = MOAT_IN_STACK_ADD;
    int result = moat_require_thread(call, MOAT_CALLER());
    return result == MOAT_OK ? moat_stacks_link(call, stack) : result;
}

/* The last thing that a cycle hears of it. */
static void scan_at_last(struct moat_stack *stack, uintptr_t pc) {
    uintptr_t sp = moat_stack_here(), other = MOAT_CONFIG_TASKS ? 0 : moat_stack_inside(pc, sp);
    if (other != 0) {
        moat_port_misused(pc, sp, other);
    }
    struct visit visit = {stack, 0};
    (void)moat_port_spill_and_call(scan_registered, &visit);
    (void)moat_stack_leave();
}

MOAT_ENTRY int moat_stack_remove(struct moat_stack *stack) {
    const enum moat_refused call = MOAT_IN_STACK_REMOVE;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    moat_owner_wait();
    result = moat_stacks_unlink(call, stack);
    if (result == MOAT_OK && moat_heap.cycle.phase == MOAT_PHASE_MARK && stack->cycle != moat_heap.cycle.number) {
        scan_at_last(stack, MOAT_CALLER());
    }
    moat_owner_leave();
    return result;
}
