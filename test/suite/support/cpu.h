/* What the tests need of a CPU beyond its port, in assembly: cpu_FAMILY.S.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_CPU_H
#define TEST_CPU_H

#include <stddef.h>
#include <stdint.h>

/* One function for each register that a callee preserves. Each clears them all, calls make(), keeps what it returns in
 * that register and nowhere else, calls collect(), and returns what the register holds. */
typedef void *cpu_hold(void *(*make)(void), void (*collect)(void));
extern cpu_hold *const cpu_holds[];
extern const size_t cpu_hold_count;

/* Pushes the registers that a callee preserves, stores the stack pointer in *from, and goes on where the task whose
 * stack pointer is `to` was left. */
void cpu_switch(uintptr_t *from, uintptr_t to);

/* What cpu_switch pushes: words, with the return address at one of them; and the words above that align a stack as at
 * the entry of a function. */
extern const size_t cpu_frame_words, cpu_frame_return, cpu_frame_above;

#endif
