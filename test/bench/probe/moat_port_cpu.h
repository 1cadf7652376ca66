/* moat: the port's masks with a probe behind each: found before the real header, which it takes in.
 *
 * The probe's entries save every register, so that core's code hardly changes: a leaf function saves its return
 * address.
 *
 * SPDX-License-Identifier: MIT */
#pragma GCC system_header /* #include_next is GCC's own */
#define moat_port_mask moat_port_mask_bare
#define moat_port_unmask moat_port_unmask_bare
#include_next <moat_port_cpu.h>
#undef moat_port_mask
#undef moat_port_unmask

#ifndef BENCH_PROBED_PORT_CPU_H
#define BENCH_PROBED_PORT_CPU_H

#if defined(__riscv)
#define BENCH_CALL(function) __asm__ volatile("call " #function : : : "ra", "memory")
#else
#define BENCH_CALL(function) __asm__ volatile("bl " #function : : : "lr", "cc", "memory")
#endif

static inline moat_port_mask_t moat_port_mask(void) {
    moat_port_mask_t before = moat_port_mask_bare();
    BENCH_CALL(bench_probe_masked);
    return before;
}

static inline void moat_port_unmask(moat_port_mask_t before) {
    BENCH_CALL(bench_probe_unmasking);
    moat_port_unmask_bare(before);
}

#endif
