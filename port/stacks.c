/* moat: the two stacks where a linker script lays them out; or the one that moat_init_with was given, where handlers
 * run on it too, or on one that holds nothing of the thread's.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

#if MOAT_CONFIG_LINKER_SCRIPT
extern const char moat_thread_stack_start[], moat_thread_stack_end[];
extern const char moat_handler_stack_start[], moat_handler_stack_end[];

/* The script's is known. */
void moat_port_thread_stack_is(uintptr_t low, uintptr_t high) {
    (void)low;
    (void)high;
}

struct moat_range moat_port_thread_stack(void) {
    return (struct moat_range){(uintptr_t)moat_thread_stack_start, (uintptr_t)moat_thread_stack_end};
}

struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){(uintptr_t)moat_handler_stack_start, (uintptr_t)moat_handler_stack_end};
}
#else
static struct moat_range thread;

void moat_port_thread_stack_is(uintptr_t low, uintptr_t high) {
    thread = (struct moat_range){low, high};
}

struct moat_range moat_port_thread_stack(void) {
    return thread;
}

struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){0, 0};
}
#endif
