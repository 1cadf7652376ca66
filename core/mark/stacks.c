/* moat: registered stacks. See stack.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "fault/assert.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "mark/stack.h"
#include "base/port.h"
#include "base/result.h"

struct moat_stack *moat_stacks_find(uintptr_t sp) {
    struct moat_stack *stack = moat_heap.tables.stacks;
    while (stack != NULL && !moat_stack_holds(stack, sp)) {
        stack = stack->next;
    }
    return stack;
}

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

static struct moat_stack *first_grey(void) {
    struct moat_stack *stack = moat_heap.tables.stacks;
    while (stack != NULL && stack->cycle == moat_heap.cycle.number) {
        stack = stack->next;
    }
    return stack;
}

bool moat_stacks_any_grey(void) {
    return first_grey() != NULL;
}

uint32_t moat_stacks_scan_next(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    struct visit visit = {first_grey(), 0};
    if (visit.stack != NULL) {
        (void)moat_port_spill_and_call(scan_registered, &visit);
    }
    return visit.units;
}

int moat_stack_add(struct moat_stack *stack) {
    const enum moat_refused call = MOAT_IN_STACK_ADD;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (stack == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STACK, 0);
    }
    if ((stack->low | stack->high) % MOAT_WORD_BYTES != 0) {
        return moat_refuse(call, MOAT_REASON_STACK_ALIGN, stack->low);
    }
    if (stack->low >= stack->high) {
        return moat_refuse(call, MOAT_REASON_STACK_ORDER, stack->low);
    }
    for (const struct moat_stack *other = moat_heap.tables.stacks; other != NULL; other = other->next) {
        if (stack->low < other->high && other->low < stack->high) {
            return moat_refuse(call, MOAT_REASON_STACK_OVERLAP, stack->low);
        }
    }
    moat_port_mask_t masked = moat_port_mask();
    stack->cycle = moat_heap.cycle.number - 1;
    stack->next = moat_heap.tables.stacks;
    moat_heap.tables.stacks = stack;
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK) {
        moat_heap.mark.stacks_grey = true;
        moat_heap.mark.stage = moat_heap.mark.stage > MOAT_STAGE_STACKS ? MOAT_STAGE_STACKS : moat_heap.mark.stage;
    }
    moat_port_unmask(masked);
    return MOAT_OK;
}

int moat_stack_remove(struct moat_stack *stack) {
    const enum moat_refused call = MOAT_IN_STACK_REMOVE;
    int result = moat_require_thread(call, MOAT_CALLER());
    if (result != MOAT_OK) {
        return result;
    }
    if (stack == NULL) {
        return moat_refuse(call, MOAT_REASON_NO_STACK, 0);
    }
    struct moat_stack **link = &moat_heap.tables.stacks;
    while (*link != NULL && *link != stack) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        return moat_refuse(call, MOAT_REASON_STACK_ABSENT, (uintptr_t)stack);
    }
    if (moat_heap.cycle.phase == MOAT_PHASE_MARK && stack->cycle != moat_heap.cycle.number) {
        uintptr_t sp = moat_stack_here(), other = moat_stack_inside(MOAT_CALLER(), sp);
        if (other != 0) {
            moat_port_misused(MOAT_CALLER(), sp, other);
        }
        struct visit visit = {stack, 0};
        (void)moat_port_spill_and_call(scan_registered, &visit);
        (void)moat_stack_leave();
    }
    moat_port_mask_t masked = moat_port_mask();
    *link = stack->next;
    moat_heap.front.stack_span = 0;
    moat_port_unmask(masked);
    return MOAT_OK;
}
