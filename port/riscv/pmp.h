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

/* A range as pmpaddr has it. bytes: a power of two, 8 or more, and start is aligned to it. */
static inline uintptr_t moat_port_pmp_range(uintptr_t start, uintptr_t bytes) { return start >> 2 | (bytes / 8 - 1); }

/* Entries 0 and 1, each a range and what may be done there; 0 goes first. */
static inline void moat_port_pmp_set(uintptr_t range0, uintptr_t access0, uintptr_t range1, uintptr_t access1) {
    __asm__ volatile("csrw pmpaddr0, %0" : : "r"(range0));
    __asm__ volatile("csrw pmpaddr1, %0" : : "r"(range1));
    __asm__ volatile("csrw pmpcfg0, %0" : : "r"(access0 | access1 << 8) : "memory");
}

#endif
