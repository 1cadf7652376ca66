/* moat: stacks. See stack.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/stack.h"

#include "fault/assert.h"
#include "base/event.h"
#include "base/free.h"
#include "space/granule.h"
#include "mark/mark.h"
#include "base/port.h"
#include "base/result.h"

static inline void look_at(moat_word word, uintptr_t low, uintptr_t span) {
    if (__builtin_expect(word - low < span, 0)) {
        moat_mark_ambiguous(word);
    }
}

/* Words that are looked at together: the loop itself is half of what a word costs. */
#define TOGETHER 4

/* The first four words from `at` on, in steps of four, of which one lies within `span` of `low`; or `end`, which is not
 * `at`. */
__attribute__((no_sanitize_address)) static inline const moat_raw *skip(const moat_raw *at, const moat_raw *end,
                                                                        uintptr_t low, uintptr_t span) {
#ifdef MOAT_PORT_SKIP
    return (const moat_raw *)MOAT_PORT_SKIP((uintptr_t)at, (uintptr_t)end, low, span);
#else
    while (at != end && at[0] - low >= span && at[1] - low >= span && at[2] - low >= span && at[3] - low >= span) {
        at += TOGETHER;
    }
    return at;
#endif
}

/* Frames hold poisoned red zones in a sanitized host build; the scan reads them all the same. */
__attribute__((no_sanitize_address, noinline)) static void scan_words(uintptr_t from, uintptr_t to) {
    MOAT_EVENT(MOAT_EVENT_SCAN_BEGIN, to - from);
    const moat_raw *at = (const moat_raw *)((from + MOAT_WORD_BYTES - 1) & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    const moat_raw *end = (const moat_raw *)(to & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    const uintptr_t low = moat_reach_low(moat_heap.border.low), span = moat_reach_span(moat_heap.border.span);
    while (at < end && (((uintptr_t)at ^ (uintptr_t)end) & (TOGETHER * MOAT_WORD_BYTES - 1)) != 0) {
        look_at(*at++, low, span);
    }
    while (at < end && (at = skip(at, end, low, span)) != end) {
        for (const moat_raw *next = at + TOGETHER; at != next; at++) {
            look_at(*at, low, span);
        }
    }
    MOAT_EVENT(MOAT_EVENT_SCAN_END, moat_event_free_bytes());
}

static bool holds(const struct moat_stack *stack, uintptr_t p) {
    return p - stack->low < stack->high - stack->low;
}

/* The stack that sp is on, and its record if it is registered. In thread mode that may be the handlers' stack too: then
 * no handler is on it. */
static struct moat_range stack_of(uintptr_t sp, struct moat_stack **registered) {
    for (struct moat_stack *stack = moat_heap.tables.stacks; stack != NULL; stack = stack->next) {
        if (holds(stack, sp)) {
            *registered = stack;
            return (struct moat_range){stack->low, stack->high};
        }
    }
    *registered = NULL;
    struct moat_range thread = moat_port_thread_stack();
    return sp - thread.low < thread.high - thread.low ? thread : moat_port_handler_stack();
}

static void *scan_current(void *unused, uintptr_t sp) {
    struct moat_stack *registered;
    scan_words(sp, stack_of(sp, &registered).high);
    if (registered != NULL) {
        registered->cycle = moat_heap.cycle.number;
    }
    return unused;
}

void moat_stack_scan_current(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    (void)moat_port_spill_and_call(scan_current, NULL);
}

/* The stack that runs now is scanned from its real stack pointer, the others from where they were switched away, or
 * whole where that is not known. */
static void *scan_registered(void *context, uintptr_t sp) {
    struct moat_stack *stack = context;
    MOAT_ASSERT(stack->low < stack->high);
    uintptr_t from = holds(stack, sp) ? sp : stack->sp;
    scan_words(holds(stack, from) ? from : stack->low, stack->high);
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

bool moat_stack_any_grey(void) {
    return first_grey() != NULL;
}

bool moat_stack_scan_next(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    struct moat_stack *stack = first_grey();
    if (stack != NULL) {
        (void)moat_port_spill_and_call(scan_registered, stack);
    }
    return stack != NULL;
}

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

/* Finds the stack, and remembers it. */
static bool find_stack(uintptr_t sp) {
    struct moat_stack *registered;
    struct moat_range found = stack_of(sp, &registered);
    moat_heap.front.stack_low = found.low;
    moat_heap.front.stack_span = found.high - found.low;
    return sp - found.low < found.high - found.low;
}

/* Before moat_init there is nothing to protect: the call is refused with MOAT_ERR_NOT_READY. */
void moat_stack_enter_slow(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    if (moat_heap.front.ready && (other != 0 || !find_stack(sp))) {
        moat_port_misused(pc, sp, other);
    }
}

int moat_require_thread(enum moat_refused call, uintptr_t pc) {
    int result = moat_require_ready(call);
    if (result == MOAT_OK) {
        result = moat_require_started(call);
    }
    if (result == MOAT_OK && moat_heap.front.inside != 0) {
        moat_port_misused(pc, moat_stack_here(), moat_heap.front.inside);
    }
    return result;
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
        (void)moat_port_spill_and_call(scan_registered, stack);
        (void)moat_stack_leave();
    }
    moat_port_mask_t masked = moat_port_mask();
    *link = stack->next;
    moat_heap.front.stack_span = 0;
    moat_port_unmask(masked);
    return MOAT_OK;
}
