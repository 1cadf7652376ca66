/* moat: a program on Linux, the out-of-line half of core/base/port.h.
 *
 * SPDX-License-Identifier: MIT */
#include "base/port.h"

#include "../port_board.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct moat_range stack;

/* Once, before main: asking allocates, which a port function must not. */
__attribute__((constructor)) static void stack_find(void) {
    pthread_attr_t attributes;
    void *low;
    size_t bytes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0 || pthread_attr_getstack(&attributes, &low, &bytes) != 0) {
        (void)fputs("moat: the bounds of the stack can't be read: pthread_getattr_np failed\n", stderr);
        abort();
    }
    pthread_attr_destroy(&attributes);
    stack = (struct moat_range){(uintptr_t)low, (uintptr_t)low + bytes};
}

void moat_port_thread_stack_is(uintptr_t low, uintptr_t high) {
    stack = (struct moat_range){low, high};
}

struct moat_range moat_port_thread_stack(void) {
    return stack;
}

struct moat_range moat_port_handler_stack(void) {
    return stack;
}

const char *moat_port_undone(void) {
    return NULL;
}

uintptr_t moat_port_interrupted_sp(void) {
    return 0;
}

/* CALL of an offset, of a register, of a pointer behind a register. The bytes before an address may be no code at all.
 */
__attribute__((no_sanitize_address)) bool moat_port_follows_call(uintptr_t address) {
    const unsigned char *after = (const unsigned char *)address;
    return after[-5] == 0xe8 || (after[-2] == 0xff && (after[-1] & 0x38) == 0x10) ||
           (after[-3] == 0xff && (after[-2] & 0x38) == 0x10);
}

/* A board that exits on a trap leaves no time for a debugger: break on this function. */
_Noreturn void moat_port_trap(void) {
    static volatile sig_atomic_t trapped;
    bool again = trapped != 0;
    trapped = 1;
    moat_board_trap_end(again);
}
