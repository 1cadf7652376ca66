/* moat: RISC-V, the out-of-line half of core/port.h.
 *
 * SPDX-License-Identifier: MIT */
#include "../../core/port.h"

#include "../ending.h"
#include "../port_board.h"

extern const char moat_thread_stack_start[], moat_thread_stack_end[];
extern const char moat_handler_stack_start[], moat_handler_stack_end[];

struct moat_range moat_port_thread_stack(void) {
    return (struct moat_range){(uintptr_t)moat_thread_stack_start, (uintptr_t)moat_thread_stack_end};
}

struct moat_range moat_port_handler_stack(void) {
    return (struct moat_range){(uintptr_t)moat_handler_stack_start, (uintptr_t)moat_handler_stack_end};
}

void moat_port_write(const char *text, size_t length) { moat_board_write(text, length); }

uint32_t moat_port_clock(void) { return moat_board_clock(); }

/* ebreak stops a debugger here; without one its exception ends in moat_board_trap_end. */
_Noreturn void moat_port_trap(void) {
    moat_port_ending_trap(true);
    __asm__ volatile("ebreak");
    __builtin_unreachable();
}
