/* moat: how long interrupts stay masked, and when the collector works: in the build with PROBE=1 only. Its own cost is
 * calibrated and subtracted; costs of allocations are never taken from such a build.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct bench_probe {
    uint32_t masked_max; /* longest stretch with interrupts masked */
    uint32_t slice_max;  /* longest of those in which the collector ran a slice */
    uint32_t stack_max;  /* longest scan of a stack */
};

/* False in the other build, where the functions below do nothing. */
bool bench_probe_present(void);

/* Verifies it on a block of known length. False: its own cost is not subtracted exactly. */
bool bench_probe_calibrate(void);

/* Forgets what was seen, and from now on notes when the collector works. */
void bench_probe_restart(void);

struct bench_probe bench_probe_get(void);

/* Prints mmu_W, in percent, for windows of W instructions: the least share of any such window since the restart that
 * was left to the firmware. Slices and scans of stacks are the collector's; all else is the firmware's. */
void bench_probe_print_utilisation(void);

#endif
