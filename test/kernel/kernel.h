/* moat: a small preemptive kernel, for the tests of MOAT_CONFIG_TASKS: tasks of fixed priorities, of which the highest
 * that is ready runs; those of one priority take turns. Switches come from PendSV on Arm and, on RISC-V, from what the
 * port's trap returns to. A switch happens when no handler runs any more, and with interrupts open.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

#include <moat.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_TASKS_MAX 10

/* A task; in static memory. */
struct kernel_task {
    struct moat_stack stack; /* its sp is the task's too, while it does not run */
    uint8_t priority;        /* that counts now; more is higher */
    uint8_t base;            /* of its own */
    bool ready;
    bool waits; /* for the lock */
    bool ended;
    void (*run)(void *argument);
    uint32_t longest_wait; /* for the lock, in instructions, those of handlers left out */
};

/* The main program becomes the task of priority 0, which must stay ready. Registers its stack. */
void kernel_start(void);

/* Adds a task that is ready, and registers its stack: `count` words. Context: any task, interrupts open. */
void kernel_task_start(struct kernel_task *task, const char *name, uint8_t priority, uintptr_t *words, size_t count,
                       void (*run)(void *argument), void *argument);

/* Takes a task that does not run out of the kernel for good, wherever it stands. It must not be inside of moat. */
void kernel_task_delete(struct kernel_task *task);

/* Ends moat's knowledge of all tasks, and the kernel. Context: the main program. */
void kernel_stop(void);

/* The task that runs. */
struct kernel_task *kernel_current(void);

/* In a handler: another task is to run, the next of the highest priority that is ready. */
void kernel_preempt(void);

/* In a task: others of the same priority run first. */
void kernel_yield(void);

/* In a task: it does not run until kernel_wake. */
void kernel_sleep(void);

/* A task that sleeps is ready again; it runs at once if its priority is higher. Context: any. */
void kernel_wake(struct kernel_task *task);

/* In a handler: it took so many instructions, which are no part of what a task waits for the lock. */
void kernel_interrupted(uint32_t instructions);

/* Switches so far. */
uint32_t kernel_switches(void);

/* ---- the CPU's half: kernel_FAMILY.S, kernel_FAMILY.c ---- */

/* Lays a stack out as that of a task which was switched away at the start of begin(argument), which must not return.
 * Returns its stack pointer. */
uintptr_t kernel_cpu_lay_out(uintptr_t *top, void (*begin)(void *argument), void *argument);

/* In a handler: kernel_pick is to be called once no handler runs. */
void kernel_cpu_preempt(void);

/* In a task, interrupts masked, as they are again when it returns: the same at once. */
void kernel_cpu_switch(void);

/* Called with interrupts masked and all registers pushed on the stack of the task that runs: notes its stack pointer
 * and returns that of the task which is to run. */
uintptr_t kernel_pick(uintptr_t sp);

#endif
