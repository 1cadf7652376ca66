/* A port for torn.c: no interrupts, no handlers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include <stdbool.h>

#define MOAT_PORT_REGISTERS 17
#define MOAT_PORT_REGISTER_SP 7
#define MOAT_PORT_CALL_BYTES 5

typedef int moat_port_mask_t;

static inline moat_port_mask_t moat_port_mask(void) {
    return 0;
}

static inline void moat_port_unmask(moat_port_mask_t mask) {
    (void)mask;
}

static inline bool moat_port_is_masked(void) {
    return true;
}

static inline bool moat_port_in_handler(void) {
    return false;
}

static inline bool moat_port_may_use(void) {
    return true;
}

#endif
