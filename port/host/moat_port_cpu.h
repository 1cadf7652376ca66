/* moat: a program on Linux, the inline half of core/base/port.h.
 *
 * Signal handlers stand in for interrupt handlers. A mask is a flag and no system call: what arrives while it is set
 * is kept, and runs when it is cleared (interrupt.h).
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include <moat_compiler.h>

#include <signal.h>
#include <stdbool.h>

MOAT_C_BEGIN_

#define MOAT_PORT_REGISTERS (sizeof(void *) == 8 ? 17 : 9) /* rax to r15, rip; eax to edi, eip */
#define MOAT_PORT_REGISTER_SP (sizeof(void *) == 8 ? 7 : 4)
#define MOAT_PORT_CALL_BYTES 5

typedef sig_atomic_t moat_port_mask_t;

extern volatile sig_atomic_t moat_port_host_masked;
extern volatile sig_atomic_t moat_port_host_pending;
extern volatile sig_atomic_t moat_port_host_in_handler;

/* Runs what is pending. */
void moat_port_host_deliver(void);

static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before = moat_port_host_masked;
    moat_port_host_masked = 1;
    __asm__ volatile("" : : : "memory");
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    __asm__ volatile("" : : : "memory");
    moat_port_host_masked = before;
    if (before == 0 && moat_port_host_pending != 0) {
        moat_port_host_deliver();
    }
}

static inline bool moat_port_is_masked(void) {
    return moat_port_host_masked != 0;
}

static inline bool moat_port_in_handler(void) {
    return moat_port_host_in_handler != 0;
}

static inline bool moat_port_may_use(void) {
    return true;
}

MOAT_C_END_

#endif
