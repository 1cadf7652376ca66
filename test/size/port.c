/* The out-of-line half of a port, empty: minimal.c is linked to be measured, not to run.
 *
 * SPDX-License-Identifier: MIT */
#include <port.h>

void *moat_port_spill_and_call(void *(*visit)(void *context, uintptr_t sp), void *context) {
    return visit(context, 0);
}

struct moat_range moat_port_thread_stack(void) { return (struct moat_range){0, 0}; }
struct moat_range moat_port_handler_stack(void) { return (struct moat_range){0, 0}; }

void moat_port_write(const char *text, size_t length) {
    (void)text;
    (void)length;
}

_Noreturn void moat_port_trap(void) {
    for (;;) {
    }
}

uint32_t moat_port_clock(void) { return 0; }
