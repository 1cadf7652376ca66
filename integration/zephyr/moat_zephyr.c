/* moat on Zephyr, as a module: prj.conf says CONFIG_MOAT=y and CONFIG_TRACING_USER=y, and the build is given
 * -DZEPHYR_EXTRA_MODULES=/path/to/moat. The heap is there before the first thread runs. docs/tasks.md has the
 * steps.
 *
 * SPDX-License-Identifier: MIT */
#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include <moat.h>

#include "base/port.h"
#include "port_board.h"

#ifdef CONFIG_SMP
#error "moat is for one core: CONFIG_SMP must be off"
#endif

/* ---- stacks: the hooks of the tracing back end "user" ---- */

static struct record {
    struct moat_stack stack;
    struct k_thread *thread; /* NULL: free */
} records[CONFIG_MOAT_THREADS_MAX];

static struct record *running;

static struct record *record_of(const struct k_thread *thread) {
    for (size_t i = 0; i < CONFIG_MOAT_THREADS_MAX; i++) {
        if (records[i].thread == thread) {
            return &records[i];
        }
    }
    return NULL;
}

static uintptr_t sp_of(const struct k_thread *thread) {
#ifdef CONFIG_ARM
    return thread->callee_saved.psp;
#else
    return thread->callee_saved.sp;
#endif
}

/* The kernel keeps registers in the thread's struct, those of floating point too: all of it is scanned. */
void sys_trace_thread_create_user(struct k_thread *thread) {
    unsigned int key = irq_lock();
    struct record *record = record_of(NULL);
    if (record != NULL) {
        record->thread = thread;
        record->stack.low = thread->stack_info.start & ~(uintptr_t)(sizeof(uintptr_t) - 1);
        record->stack.high = (thread->stack_info.start + thread->stack_info.size) & ~(uintptr_t)(sizeof(uintptr_t) - 1);
        record->stack.sp = sp_of(thread);
        record->stack.registers = (const uintptr_t *)thread;
        record->stack.register_words = sizeof *thread / sizeof(uintptr_t);
        if (moat_task_add(&record->stack) != MOAT_OK) {
            record->thread = NULL;
        }
    }
    irq_unlock(key);
}

void sys_trace_thread_abort_user(struct k_thread *thread) {
    unsigned int key = irq_lock();
    struct record *record = record_of(thread);
    if (record != NULL) {
        (void)moat_task_remove(&record->stack);
        record->thread = NULL;
        running = running == record ? NULL : running;
    }
    irq_unlock(key);
}

/* The thread before has its registers in its struct by now, and not yet when it was switched out. */
void sys_trace_thread_switched_in_user(void) {
    if (running != NULL) {
        moat_task_switch(&running->stack, sp_of(running->thread));
    }
    running = record_of(k_current_get());
}

/* ---- the collector's lock ---- */

static K_MUTEX_DEFINE(mutex);

bool moat_kernel_lock(bool wait) {
    return k_is_pre_kernel() || k_mutex_lock(&mutex, wait ? K_FOREVER : K_NO_WAIT) == 0;
}

/* The mutex is handed over, and a waiting thread of a higher priority runs at once. */
void moat_kernel_unlock(void) {
    if (!k_is_pre_kernel()) {
        (void)k_mutex_unlock(&mutex);
        if (moat_heap.front.waiting != 0) {
            k_yield();
        }
    }
}

void moat_kernel_rest(void) {
    k_sleep(K_TICKS(1));
}

static void collect(void *a, void *b, void *c) {
    ARG_UNUSED(a);
    ARG_UNUSED(b);
    ARG_UNUSED(c);
    moat_gc_task(MOAT_CONFIG_PACE);
}

K_THREAD_DEFINE(moat_collector, CONFIG_MOAT_COLLECTOR_STACK, collect, NULL, NULL, NULL,
                K_LOWEST_APPLICATION_THREAD_PRIO, 0, 0);

/* ---- start ---- */

extern char moat_c_owned_end[]; /* moat_ram.ld */

static int start(void) {
    for (char *at = moat_roots_start; at != moat_c_owned_end; at++) {
        *(volatile char *)at = 0;
    }
    return moat_init() == MOAT_OK ? 0 : -1;
}

SYS_INIT(start, PRE_KERNEL_1, 0);

/* ---- what the port asks of a board ---- */

void moat_board_write(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        printk("%c", text[i]);
    }
}

_Noreturn void moat_board_trap_end(bool again) {
    ARG_UNUSED(again);
    k_panic();
    CODE_UNREACHABLE;
}

void moat_board_boot(struct moat_port_boot *out) {
    out->boots = 0;
    out->reset_cause = 0;
    out->uptime = k_uptime_get_32();
    out->clock_hz = (uint32_t)sys_clock_hw_cycles_per_sec();
}

uint32_t moat_board_clock(void) {
    return k_cycle_get_32();
}

bool moat_board_interrupt(uintptr_t line) {
    ARG_UNUSED(line);
    return false;
}

bool moat_board_in_handler(void) {
    return k_is_in_isr();
}
