/* moat: what is asked of the compiler, GCC or clang, where C has no word for it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_COMPILER_H
#define MOAT_COMPILER_H

/* Inlined at -Os too: the guard names the store by its return address, which must lie in the firmware's function. */
#define MOAT_INLINE_ __attribute__((always_inline)) static inline

/* Inlined everywhere, but where code is to be small. */
#ifdef __OPTIMIZE_SIZE__
#define MOAT_HOT_ static inline
#else
#define MOAT_HOT_ MOAT_INLINE_
#endif

/* No instruction: the compiler neither moves memory accesses past it nor makes a loop around it a call. */
#define MOAT_COMPILER_BARRIER_() __asm__ volatile("" ::: "memory")

#endif
