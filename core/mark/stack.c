/* moat: stacks. See stack.h, moat.h.
 *
 * SPDX-License-Identifier: MIT */
#include "mark/stack.h"

#include "fault/assert.h"
#include "base/event.h"
#include "base/free.h"
#include "space/granule.h"
#include "mark/deepest.h"
#include "mark/mark.h"
#include "mark/task.h"
#include "base/port.h"
#include "base/result.h"

/* Where stacks are registered. */
#pragma weak moat_stacks_find

/* Where somebody asks how long they were. */
#pragma weak moat_stack_note

MOAT_SHARE_(void moat_stack_enter(uintptr_t pc), { moat_stack_enter_here(pc); })
MOAT_SHARE_(uintptr_t moat_stack_leave(void), { return moat_stack_leave_here(); })

/* The work in units of some twelve instructions: of a scan, and of some of its words. */
#define SCAN_UNITS 6u
#define WORDS_A_UNIT 3u

/* About the most that a word takes in one arena, which keeps 17 near objects and six from afar. */
#define WORD_UNITS_MOST 128u

/* Words that are near an object wait to be looked up, as long as there is room. Returns the units that it took. */
__attribute__((no_sanitize_address, noinline)) static uint32_t found(const moat_raw *at, const moat_raw *end,
                                                                     uintptr_t low, uintptr_t span) {
    struct moat_marking *mark = &moat_heap.mark;
    uint32_t units = 0;
    for (; at != end; at++) {
        if (mark->waiting == mark->waiting_most) {
            return units + moat_mark_ambiguous(at, end);
        }
        moat_word word = *at;
        if (word - low < span && (mark->waiting == 0 || mark->waiting_words[mark->waiting - 1] != word)) {
            mark->waiting_words[mark->waiting++] = word;
            units++;
        }
    }
    return units;
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
__attribute__((no_sanitize_address, noinline)) uint32_t moat_stack_scan_words(uintptr_t from, uintptr_t to) {
    uint32_t units = SCAN_UNITS + (uint32_t)((to - from) / (WORDS_A_UNIT * MOAT_WORD_BYTES));
    MOAT_EVENT(MOAT_EVENT_SCAN_BEGIN, to - from);
    if (!MOAT_CONFIG_TASKS && moat_stack_note != NULL) { /* tasks' stacks are scanned in pieces */
        moat_stack_note(to - from);
    }
    const moat_raw *at = (const moat_raw *)((from + MOAT_WORD_BYTES - 1) & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    const moat_raw *end = (const moat_raw *)(to & ~(uintptr_t)(MOAT_WORD_BYTES - 1));
    if (moat_heap.arenas.count == 0) {
        at = end; /* no word is near an object */
    }
    const uintptr_t low = moat_reach_low(moat_heap.border.low), span = moat_reach_span(moat_heap.border.span);
    while (at < end && (MOAT_SMALL_ || (((uintptr_t)at ^ (uintptr_t)end) & (TOGETHER * MOAT_WORD_BYTES - 1)) != 0)) {
        const moat_raw *next = MOAT_SMALL_ ? end : at + 1;
        units += found(at, next, low, span);
        at = next;
    }
    while (!MOAT_SMALL_ && at < end && (at = skip(at, end, low, span)) != end) {
        const moat_raw *next = at + TOGETHER;
        bool full = moat_heap.mark.waiting == moat_heap.mark.waiting_most;
        units += full ? moat_mark_ambiguous(at, next) : found(at, next, low, span);
        at = next;
    }
    MOAT_EVENT(MOAT_EVENT_SCAN_END, moat_event_free_bytes());
    return units;
}

/* The stack that sp is on, and its record if it is registered. In thread mode that may be the handlers' stack too: then
 * no handler is on it. */
static struct moat_stack *stack_of(uintptr_t sp, struct moat_range *stack) {
    struct moat_stack *registered = moat_heap.tables.stacks == NULL ? NULL : moat_stacks_find(sp);
    if (registered != NULL) {
        *stack = (struct moat_range){registered->low, registered->high};
        return registered;
    }
    *stack = moat_port_thread_stack();
    if (sp - stack->low >= stack->high - stack->low) {
        *stack = moat_port_handler_stack();
    }
    return NULL;
}

static void *scan_current(void *unused, uintptr_t sp) {
    struct moat_range stack;
    struct moat_stack *registered = stack_of(sp, &stack);
    bool whole = true;
    if (MOAT_CONFIG_TASKS) {
        whole = moat_task_scan_own(sp, stack.high);
    } else {
        (void)moat_stack_scan_words(sp, stack.high);
    }
    if (registered != NULL && whole) {
        registered->cycle = moat_heap.cycle.number;
    }
    return unused;
}

void moat_stack_scan_current(void) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    (void)moat_port_spill_and_call(scan_current, NULL);
}

uint32_t moat_stack_look_up(uint32_t units) {
    MOAT_ASSERT(!moat_port_in_handler() && moat_heap.cycle.phase == MOAT_PHASE_MARK);
    struct moat_marking *mark = &moat_heap.mark;
    while (units != 0 && mark->waiting != 0) {
        uint32_t count = units / WORD_UNITS_MOST + 1;
        count = count < mark->waiting ? count : mark->waiting;
        mark->waiting = (uint16_t)(mark->waiting - count);
        const moat_raw *words = &mark->waiting_words[mark->waiting];
        uint32_t took = moat_mark_ambiguous(words, words + count);
        units -= took < units ? took : units;
    }
    return units;
}

/* Finds the stack, and remembers it. */
static bool find_stack(uintptr_t sp) {
    struct moat_range stack;
    (void)stack_of(sp, &stack);
    moat_heap.front.stack_low = stack.low;
    moat_heap.front.stack_span = stack.high - stack.low;
    return sp - stack.low < stack.high - stack.low;
}

#if MOAT_CONFIG_TASKS
void moat_stack_own(void) {
    (void)find_stack(moat_stack_here());
}

/* Remembered is the owner's stack. */
static bool is_known(uintptr_t sp) {
    struct moat_range stack;
    (void)stack_of(sp, &stack);
    return sp - stack.low < stack.high - stack.low;
}
#else
static bool is_known(uintptr_t sp) {
    return find_stack(sp);
}
#endif

/* Before moat_init there is nothing to protect: the call is refused with MOAT_ERR_NOT_READY. */
void moat_stack_enter_slow(uintptr_t pc, uintptr_t sp, uintptr_t other) {
    if (moat_heap.front.ready && (other != 0 || !is_known(sp))) {
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
