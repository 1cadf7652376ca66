/* moat on ThreadX. See moat_threadx.h.
 *
 * SPDX-License-Identifier: MIT */
#include <tx_api.h>

#include <moat.h>

#if !MOAT_CONFIG_TASKS
#error "build moat and the firmware with -DMOAT_CONFIG_TASKS=1"
#endif

/* ---- stacks ---- */

static TX_THREAD *last; /* that ran */

void moat_threadx_started(void *thread) {
    TX_THREAD *started = thread;
    struct moat_stack *stack = &started->tx_thread_moat;
    stack->low = (uintptr_t)started->tx_thread_stack_start;
    stack->high = (uintptr_t)started->tx_thread_stack_start + started->tx_thread_stack_size;
    stack->sp = (uintptr_t)started->tx_thread_stack_ptr;
    stack->name = started->tx_thread_name;
    (void)moat_task_add(stack);
}

/* Completed or terminated; the kernel says so once or twice. */
void moat_threadx_gone(void *thread) {
    TX_THREAD *gone = thread;
    if (gone->tx_thread_moat.high != 0) {
        (void)moat_task_remove(&gone->tx_thread_moat);
        gone->tx_thread_moat.high = 0;
    }
    last = last == gone ? TX_NULL : last;
}

/* The scheduler is about to run a thread, interrupts masked. The one before has its registers on its stack by now, and
 * not yet when it was left. */
VOID _tx_execution_thread_enter(void) {
    if (last != TX_NULL && last->tx_thread_moat.high != 0) {
        moat_task_switch(&last->tx_thread_moat, (uintptr_t)last->tx_thread_stack_ptr);
    }
    last = tx_thread_identify();
}

VOID _tx_execution_initialize(void) {
}

VOID _tx_execution_thread_exit(void) {
}

VOID _tx_execution_isr_enter(void) {
}

VOID _tx_execution_isr_exit(void) {
}

/* ---- the collector's lock ---- */

static TX_MUTEX mutex;
static bool is_running;

int moat_threadx_start(void) {
    is_running = tx_mutex_create(&mutex, "moat", TX_INHERIT) == TX_SUCCESS;
    return is_running ? 0 : -1;
}

/* tx_application_define runs before threads do. */
static bool is_needed(void) {
    return is_running && tx_thread_identify() != TX_NULL;
}

bool moat_kernel_lock(bool wait) {
    return !is_needed() || tx_mutex_get(&mutex, wait ? TX_WAIT_FOREVER : TX_NO_WAIT) == TX_SUCCESS;
}

/* The mutex is handed over, and a waiting thread of a higher priority runs at once. */
void moat_kernel_unlock(void) {
    if (is_needed()) {
        (void)tx_mutex_put(&mutex);
        if (moat_heap.front.waiting != 0) {
            tx_thread_relinquish();
        }
    }
}

void moat_kernel_rest(void) {
    (void)tx_thread_sleep(1);
}

void moat_threadx_collector(ULONG unused) {
    (void)unused;
    moat_gc_task(MOAT_CONFIG_PACE);
}
