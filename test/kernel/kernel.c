/* moat: the tests' kernel. See kernel.h.
 *
 * SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "base/port.h"

#include <bsp.h>

#include <string.h>

static struct kernel_task *tasks[KERNEL_TASKS_MAX];
static size_t count;
static size_t current; /* its index */
static struct kernel_task main_task;
static struct kernel_task *lock_owner; /* of the collector's lock */
static uint32_t switches;
static volatile uint32_t interrupted; /* instructions of handlers */
static bool started;

struct kernel_task *kernel_current(void) {
    return started ? tasks[current] : &main_task;
}

uint32_t kernel_switches(void) {
    return switches;
}

/* The next of the highest priority, counted from the one behind that which runs. */
static size_t highest(void) {
    size_t best = current;
    bool any = false;
    for (size_t i = 1; i <= count; i++) {
        size_t at = (current + i) % count;
        if (tasks[at]->ready && (!any || tasks[at]->priority > tasks[best]->priority)) {
            best = at;
            any = true;
        }
    }
    return best;
}

uintptr_t kernel_pick(uintptr_t sp) {
    struct kernel_task *from = tasks[current];
    from->stack.sp = sp;
    moat_task_switch(&from->stack, sp);
    current = highest();
    switches++;
    return tasks[current]->stack.sp;
}

/* Masked. The task goes on if it is still of those that may. */
static void reschedule(void) {
    if (!tasks[current]->ready || tasks[highest()]->priority > tasks[current]->priority) {
        kernel_cpu_switch();
    }
}

void kernel_preempt(void) {
    if (started) {
        kernel_cpu_preempt();
    }
}

void kernel_interrupted(uint32_t instructions) {
    interrupted += instructions;
}

void kernel_yield(void) {
    moat_port_mask_t masked = moat_port_mask();
    kernel_cpu_switch();
    moat_port_unmask(masked);
}

void kernel_sleep(void) {
    moat_port_mask_t masked = moat_port_mask();
    tasks[current]->ready = false;
    kernel_cpu_switch();
    moat_port_unmask(masked);
}

void kernel_wake(struct kernel_task *task) {
    moat_port_mask_t masked = moat_port_mask();
    if (!task->ready && !task->waits && !task->ended) {
        task->ready = true;
        if (moat_port_in_handler()) {
            kernel_preempt();
        } else {
            reschedule();
        }
    }
    moat_port_unmask(masked);
}

/* ---- tasks ---- */

static void begin(void *argument) {
    struct kernel_task *self = tasks[current];
    self->run(argument);
    moat_port_mask_t masked = moat_port_mask();
    self->ended = true;
    self->ready = false;
    kernel_cpu_switch();
    moat_port_unmask(masked);
}

void kernel_task_start(struct kernel_task *task, const char *name, uint8_t priority, uintptr_t *words,
                       size_t word_count, void (*run)(void *argument), void *argument) {
    memset(task, 0, sizeof *task);
    memset(words, 0, word_count * sizeof *words);
    task->stack.low = (uintptr_t)words;
    task->stack.high = (uintptr_t)(words + word_count);
    task->stack.name = name;
    task->stack.sp = kernel_cpu_lay_out(words + word_count, begin, argument);
    task->priority = task->base = priority;
    task->run = run;
    moat_port_mask_t masked = moat_port_mask();
    (void)moat_task_add(&task->stack);
    task->ready = true;
    tasks[count++] = task;
    reschedule();
    moat_port_unmask(masked);
}

void kernel_task_delete(struct kernel_task *task) {
    moat_port_mask_t masked = moat_port_mask();
    size_t at = 0;
    while (tasks[at] != task) {
        at++;
    }
    struct kernel_task *running = tasks[current];
    count--;
    memmove(&tasks[at], &tasks[at + 1], (count - at) * sizeof tasks[0]);
    for (current = 0; tasks[current] != running; current++) {
    }
    task->ended = true;
    (void)moat_task_remove(&task->stack);
    moat_port_unmask(masked);
}

void kernel_start(void) {
    struct moat_range own = moat_port_thread_stack();
    memset(&main_task, 0, sizeof main_task);
    main_task.stack.low = own.low;
    main_task.stack.high = own.high;
    main_task.stack.name = "main";
    main_task.ready = true;
    tasks[0] = &main_task;
    count = 1;
    current = 0;
    lock_owner = NULL;
    switches = 0;
    started = true;
    (void)moat_task_add(&main_task.stack);
}

void kernel_stop(void) {
    while (count > 1) {
        kernel_task_delete(tasks[count - 1]);
    }
    started = false;
    (void)moat_task_remove(&main_task.stack);
}

/* ---- the collector's lock: handed over to the waiter of the highest priority, whose priority its owner has ---- */

bool moat_kernel_lock(bool wait) {
    struct kernel_task *self = kernel_current();
    moat_port_mask_t masked = moat_port_mask();
    bool taken = lock_owner == NULL;
    if (taken) {
        lock_owner = self;
    } else if (wait) {
        uint32_t since = bsp_instructions() - interrupted;
        if (lock_owner->priority < self->priority) {
            lock_owner->priority = self->priority;
        }
        self->waits = true;
        self->ready = false;
        kernel_cpu_switch();
        taken = true;
        uint32_t waited = bsp_instructions() - interrupted - since;
        self->longest_wait = waited > self->longest_wait ? waited : self->longest_wait;
    }
    moat_port_unmask(masked);
    return taken;
}

static struct kernel_task *first_waiter(void) {
    struct kernel_task *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (tasks[i]->waits && (first == NULL || tasks[i]->priority > first->priority)) {
            first = tasks[i];
        }
    }
    return first;
}

void moat_kernel_unlock(void) {
    moat_port_mask_t masked = moat_port_mask();
    struct kernel_task *self = kernel_current(), *next = first_waiter();
    self->priority = self->base;
    lock_owner = next;
    if (next != NULL) {
        next->waits = false;
        next->ready = true;
    }
    if (started) {
        reschedule();
    }
    moat_port_unmask(masked);
}

void moat_kernel_rest(void) {
    kernel_yield();
}
