/* moat: NEW_FAMILY, the inline half of core/base/port.h. A template: docs/porting.md, "A new CPU family". Whatever is
 * not written yet traps.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define MOAT_PORT_REGISTERS 33  /* in a fault record, by DWARF number, the program counter among them */
#define MOAT_PORT_REGISTER_SP 2 /* the stack pointer's number */
#define MOAT_PORT_CALL_BYTES 4  /* of the longest call instruction */

typedef uintptr_t moat_port_mask_t;

static inline moat_port_mask_t moat_port_mask(void) {
    __builtin_trap(); /* mask interrupts, return what was; a compiler barrier */
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    (void)before;
    __builtin_trap(); /* restore it; a compiler barrier */
}

static inline bool moat_port_is_masked(void) {
    __builtin_trap();
}

static inline bool moat_port_in_handler(void) {
    __builtin_trap();
}

static inline bool moat_port_may_use(void) {
    return true; /* false in a handler that the mask does not keep out, if the CPU can tell */
}

#endif
