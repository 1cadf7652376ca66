/* moat: the build without a probe. See probe.h.
 *
 * SPDX-License-Identifier: MIT */
#include "probe.h"

__attribute__((weak)) bool bench_probe_present(void) {
    return false;
}

__attribute__((weak)) bool bench_probe_calibrate(void) {
    return true;
}

__attribute__((weak)) void bench_probe_restart(void) {
}

__attribute__((weak)) struct bench_probe bench_probe_get(void) {
    return (struct bench_probe){0, 0, 0};
}

__attribute__((weak)) void bench_probe_print_utilisation(void) {
}
