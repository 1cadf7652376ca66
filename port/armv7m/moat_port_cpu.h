/* moat: ARMv7-M, the inline half of core/port.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t moat_port_mask_t; /* PRIMASK */

static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

/* IPSR is the number of the exception that runs, 0 in thread mode. */
static inline bool moat_port_in_handler(void) {
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    return ipsr != 0;
}

#endif
