/* moat: instructions between two points. See bench.h.
 *
 * SPDX-License-Identifier: MIT */
#include "bench.h"

#include <bsp.h>
#include <base/port.h>

static moat_port_mask_t masked;
static uint32_t overhead;

/* Out of line for the calibration too, so that it sees what the workloads see. */
__attribute__((noinline)) uint32_t bench_begin(void) {
    masked = moat_port_mask();
    return bsp_instructions();
}

__attribute__((noinline)) uint32_t bench_end(uint32_t begin) {
    uint32_t now = bsp_instructions();
    moat_port_unmask(masked);
    return now - begin - overhead;
}

/* 2 + 2 * loops instructions. */
#if defined(__riscv)
#define COUNT(loops) "lui t0, %%hi(" #loops ")\n\taddi t0, t0, %%lo(" #loops ")\n1:\taddi t0, t0, -1\n\tbnez t0, 1b"
#define CLOBBERED "t0"
#elif __ARM_ARCH_ISA_THUMB < 2 /* core counted as for a Cortex-M0+: scripts/bench/cycles.py */
#define COUNT(loops) ".syntax unified\n\tldr r3, =" #loops "\n\tnop\n1:\tsubs r3, #1\n\tbne 1b"
#define CLOBBERED "r3", "cc"
#else
#define COUNT(loops) "movw r3, #:lower16:" #loops "\n\tmovt r3, #:upper16:" #loops "\n1:\tsubs r3, #1\n\tbne 1b"
#define CLOBBERED "r3", "cc"
#endif

#define MEASURE(code)                                                                                                  \
    do {                                                                                                               \
        uint32_t begin = bench_begin();                                                                                \
        __asm__ volatile(code : : : "memory", CLOBBERED);                                                              \
        cost = bench_end(begin);                                                                                       \
    } while (0)

bool bench_calibrate(void) {
    uint32_t cost;
    MEASURE("");
    overhead = cost;
    MEASURE("nop");
    bool exact = cost == 1;
    MEASURE(".rept 101\n\tnop\n\t.endr");
    exact = exact && cost == 101;
    MEASURE(COUNT(1000));
    exact = exact && cost == 2002;
    MEASURE(COUNT(100000) "\n\tnop");
    return exact && cost == 200003;
}
