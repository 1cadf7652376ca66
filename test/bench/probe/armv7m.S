/* moat: the probe's entries: save what a call may change. See moat_port_cpu.h.
 *
 * SPDX-License-Identifier: MIT */
    .syntax unified
    .thumb

    .macro entry name, function
    .section .text.\name, "ax", %progbits
    .global \name
    .type \name, %function
    .thumb_func
\name:
    push {r0-r3, r12, lr}
    bl \function
    pop {r0-r3, r12, pc}
    .size \name, . - \name
    .endm

    entry bench_probe_masked, bench_probe_enter
    entry bench_probe_unmasking, bench_probe_leave
