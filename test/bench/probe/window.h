/* moat: the window of port/armv7m/grey.S with the probe on both sides of it.
 *
 * SPDX-License-Identifier: MIT */
#ifdef __ASSEMBLER__
/* clang-format off */
#define LET_IN(masked) bl bench_probe_unmasking; msr primask, masked; isb; cpsid i; bl bench_probe_masked
#endif
