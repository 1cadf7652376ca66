/* moat: Cortex-M, the inline half of core/base/port.h. ARMv6-M and the baseline of
 * ARMv8-M do without the parts for Thumb-2.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_PORT_CPU_H
#define MOAT_PORT_CPU_H

#include <moat_compiler.h>
#include <moat_defaults.h>

#include <stdbool.h>
#include <stdint.h>

MOAT_C_BEGIN_

#define MOAT_PORT_REGISTERS 17 /* r0 to r15, xPSR */
#define MOAT_PORT_REGISTER_SP 13
#define MOAT_PORT_CALL_BYTES 4

/* The mask: PRIMASK, which keeps out every interrupt; or, with MOAT_PORT_BASEPRI, BASEPRI, which keeps out those of
 * that priority and of less urgent ones. The others are never masked and must not use moat. */
#define MOAT_PORT_BASEPRI MOAT_CONFIG_BASEPRI
#if MOAT_PORT_BASEPRI != 0 && !defined __thumb2__
#error "moat: MOAT_CONFIG_BASEPRI must be 0 on ARMv6-M and on ARMv8-M baseline: they have no BASEPRI"
#endif

typedef uint32_t moat_port_mask_t; /* PRIMASK or BASEPRI */

#if MOAT_PORT_BASEPRI == 0
static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

static inline bool moat_port_is_masked(void) {
    uint32_t primask;
    __asm__ volatile("mrs %0, primask" : "=r"(primask));
    return (primask & 1) != 0;
}
#else
static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before;
    __asm__ volatile("mrs %0, basepri\n\tmsr basepri_max, %1" : "=&r"(before) : "r"(MOAT_PORT_BASEPRI) : "memory");
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    __asm__ volatile("msr basepri, %0" : : "r"(before) : "memory");
}

/* By PRIMASK too, as a report of a fault is. */
static inline bool moat_port_is_masked(void) {
    uint32_t primask, basepri;
    __asm__ volatile("mrs %0, primask\n\tmrs %1, basepri" : "=r"(primask), "=r"(basepri));
    return (primask & 1) != 0 || basepri - 1 < MOAT_PORT_BASEPRI;
}
#endif

/* Without it the next instructions, which mask again, may run before an interrupt that pends is taken. */
#define MOAT_PORT_SYNC() __asm__ volatile("isb" : : : "memory")

/* The number of the exception that runs, 0 in thread mode. */
static inline uint32_t moat_port_ipsr(void) {
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    return ipsr;
}

static inline bool moat_port_in_handler(void) {
    return moat_port_ipsr() != 0;
}

/* False in NMI, in HardFault, and in what is more urgent than MOAT_PORT_BASEPRI. */
bool moat_port_handler_may_use(void);

static inline bool moat_port_may_use(void) {
    return !moat_port_in_handler() || moat_port_handler_may_use();
}

/* grey.S has moat_port_grey_loop, where there is all of Thumb-2. Its windows are PRIMASK's. */
#ifdef __thumb2__
#if MOAT_CONFIG_LINKER_SCRIPT /* it names the section's symbols */
#define MOAT_PORT_GREY (MOAT_PORT_BASEPRI == 0)
#endif

/* See core/mark/stack.c. The registers ascend, as the instruction wants them to. */
static inline uintptr_t moat_port_skip(uintptr_t at, uintptr_t end, uintptr_t low, uintptr_t span) {
    register uintptr_t a __asm__("r4"), b __asm__("r5"), c __asm__("r6"), d __asm__("r8");
    __asm__ volatile("1: ldmia %4!, {%0, %1, %2, %3}\n\t"
                     "subs %0, %6\n\tcmp %0, %7\n\tblo 2f\n\tsubs %1, %6\n\tcmp %1, %7\n\tblo 2f\n\t"
                     "subs %2, %6\n\tcmp %2, %7\n\tblo 2f\n\tsub %3, %6\n\tcmp %3, %7\n\tblo 2f\n\t"
                     "cmp %4, %5\n\tbne 1b\n\tb 3f\n2: subs %4, #16\n3:"
                     : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "+&r"(at)
                     : "r"(end), "r"(low), "r"(span)
                     : "cc", "memory");
    return at;
}
#define MOAT_PORT_SKIP(at, end, low, span) moat_port_skip(at, end, low, span)

/* Two words an instruction. */
#define MOAT_PORT_CLEAR(at, words)                                                                                     \
    __asm__ volatile("strd %1, %1, [%0, %2]\n\tstrd %1, %1, [%0, %3]"                                                  \
                     :                                                                                                 \
                     : "r"(at), "r"(0), "i"((words)*4), "i"((words)*4 + 8)                                             \
                     : "memory")

/* Eight words an instruction. Not r7 and r9, which may be the frame's pointer and that of static data. */
#define MOAT_PORT_CLEAR_MANY(at, last)                                                                                 \
    __asm__ volatile("movs r2, #0\n\tmovs r3, #0\n\tmovs r4, #0\n\tmovs r5, #0\n\tmovs r6, #0\n\t"                     \
                     "mov r8, r2\n\tmov r10, r2\n\tmov r11, r2\n"                                                      \
                     "1: stmia %0!, {r2-r6, r8, r10, r11}\n\tcmp %0, %1\n\tblo 1b"                                     \
                     : "+&r"(at)                                                                                       \
                     : "r"(last)                                                                                       \
                     : "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r11", "cc", "memory")
#endif

MOAT_C_END_

#endif
