/* moat: RISC-V, physical memory protection, as far as start-up uses it: what no entry covers stays as it was.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_PMP_H
#define MOAT_PORT_PMP_H

#include <stdint.h>

#define PMP_NAPOT 0x18u
#define PMP_LOCKED 0x80u /* for machine mode too, until reset */
#define PMP_NO_ACCESS (PMP_LOCKED | PMP_NAPOT)
#define PMP_READ_EXECUTE (PMP_LOCKED | PMP_NAPOT | 5u)

/* Says what may be done in a range: with entry 0, 1 or 2, once each, since a locked entry stays as it is.
 * start  aligned to bytes;  bytes  a power of two, 8 or more */
static inline void moat_port_pmp_set(unsigned entry, uintptr_t access, uintptr_t start, uintptr_t bytes) {
    uintptr_t range = start >> 2 | (bytes / 8 - 1);
    switch (entry) {
    case 0:
        __asm__ volatile("csrw pmpaddr0, %0" : : "r"(range));
        break;
    case 1:
        __asm__ volatile("csrw pmpaddr1, %0" : : "r"(range));
        break;
    case 2:
        __asm__ volatile("csrw pmpaddr2, %0" : : "r"(range));
        break;
    default:
        return;
    }
    __asm__ volatile("csrs pmpcfg0, %0" : : "r"(access << (8 * entry)) : "memory");
}

#endif
