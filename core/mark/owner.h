/* moat: who does the collector's work. Internal to core.
 *
 * The *owner* changes phases, scans stacks and runs finalizers. With MOAT_CONFIG_TASKS it is the task that has the
 * collector's lock; without, thread mode, of which one task is inside at a time. All others *visit*: they allocate, and
 * mark and sweep a slice at a time, masked, as handlers do. docs/design.md, "Tasks".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_OWNER_H
#define MOAT_OWNER_H

#include "base/port.h"
#include "mark/stack.h"
#include "moat_task.h"

/* Becomes the owner if nobody else is. Context: any; false in a handler. */
static inline bool moat_owner_try(void);

/* Becomes the owner; waits for it. Context: thread, interrupts on: with CHECK1 and 2 it traps where it has to wait with
 * interrupts masked. */
static inline void moat_owner_wait(void);
_Noreturn void moat_owner_masked(void) __attribute__((cold));

/* The owner is done. */
static inline void moat_owner_leave(void);

/* Between two steps: lets tasks that wait be the owner first. Phase and cycle may be others then. */
static inline void moat_owner_yield(void);

/* Keeps other tasks out of a few instructions that need not be masked for handlers. */
static inline moat_port_mask_t moat_owner_mask(void);
static inline void moat_owner_unmask(moat_port_mask_t masked);

/* ---- inline ---- */

#if MOAT_CONFIG_TASKS

static inline bool moat_owner_try(void) {
    bool owns = !moat_port_in_handler() && moat_kernel_lock(false);
    if (owns) {
        moat_stack_own();
    }
    return owns;
}

static inline void moat_owner_wait(void) {
    if (!moat_owner_try()) {
        if (MOAT_CONFIG_CHECK >= 1 && moat_port_is_masked()) { /* by the task: a kernel can't have it wait so */
            moat_owner_masked();
        }
        moat_port_mask_t masked = moat_port_mask();
        moat_heap.front.waiting++;
        moat_port_unmask(masked);
        (void)moat_kernel_lock(true);
        masked = moat_port_mask();
        moat_heap.front.waiting--;
        moat_port_unmask(masked);
        moat_stack_own();
    }
}

static inline void moat_owner_leave(void) {
    moat_kernel_unlock();
}

static inline void moat_owner_yield(void) {
    if (moat_heap.front.waiting != 0) {
        moat_owner_leave();
        moat_owner_wait();
    }
}

static inline moat_port_mask_t moat_owner_mask(void) {
    return moat_port_mask();
}

static inline void moat_owner_unmask(moat_port_mask_t masked) {
    moat_port_unmask(masked);
}

#else

static inline bool moat_owner_try(void) {
    return !moat_port_in_handler();
}

static inline void moat_owner_wait(void) {
}

static inline void moat_owner_leave(void) {
}

static inline void moat_owner_yield(void) {
}

static inline moat_port_mask_t moat_owner_mask(void) {
    return 0;
}

static inline void moat_owner_unmask(moat_port_mask_t masked) {
    (void)masked;
}

#endif

#endif
