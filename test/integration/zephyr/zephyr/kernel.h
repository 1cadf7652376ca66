/* The part of Zephyr that moat's glue uses, after its API reference: for a test that compiles it. No code of Zephyr.
 *
 * SPDX-License-Identifier: MIT */
#ifndef ZEPHYR_KERNEL_H
#define ZEPHYR_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARG_UNUSED(x) ((void)(x))
#define CODE_UNREACHABLE __builtin_unreachable()

struct k_thread {
    struct {
        uintptr_t psp, sp;
    } callee_saved;
    struct {
        uintptr_t start;
        size_t size;
    } stack_info;
};

typedef struct {
    int64_t ticks;
} k_timeout_t;
#define K_FOREVER ((k_timeout_t){-1})
#define K_NO_WAIT ((k_timeout_t){0})
#define K_TICKS(n) ((k_timeout_t){(n)})

struct k_mutex {
    void *owner;
};
#define K_MUTEX_DEFINE(name) struct k_mutex name

#define K_LOWEST_APPLICATION_THREAD_PRIO 14
#define K_THREAD_DEFINE(name, stack_size, entry, a, b, c, priority, options, delay)                                    \
    void (*const name)(void *, void *, void *) = (entry)

struct k_thread *k_current_get(void);
int k_mutex_lock(struct k_mutex *mutex, k_timeout_t timeout);
int k_mutex_unlock(struct k_mutex *mutex);
bool k_is_pre_kernel(void);
bool k_is_in_isr(void);
void k_yield(void);
int32_t k_sleep(k_timeout_t timeout);
uint32_t k_cycle_get_32(void);
uint32_t k_uptime_get_32(void);
int sys_clock_hw_cycles_per_sec(void);
unsigned int irq_lock(void);
void irq_unlock(unsigned int key);
void k_panic(void);

/* The hooks of the tracing back end "user". */
void sys_trace_thread_create_user(struct k_thread *thread);
void sys_trace_thread_abort_user(struct k_thread *thread);
void sys_trace_thread_switched_in_user(void);

extern void (*const moat_collector)(void *, void *, void *);

#endif
