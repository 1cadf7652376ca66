/* moat: the two stacks where a linker script lays them out.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

extern const char moat_thread_stack_start[], moat_thread_stack_end[];
extern const char moat_handler_stack_start[], moat_handler_stack_end[];

struct moat_range moat_port_thread_stack(void) {
    return (struct moat_range){(uintptr_t)moat_thread_stack_start, (uintptr_t)moat_thread_stack_end};
}

struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){(uintptr_t)moat_handler_stack_start, (uintptr_t)moat_handler_stack_end};
}
