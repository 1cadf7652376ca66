/* Tests use these functions of a CPU beyond its port. They are assembly: cpu_FAMILY.S, with cpu.inc.
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
extern const size_t cpu_word_hold_count; /* the first of them, without those of floating point */

/* Pushes the registers that a callee preserves, stores the stack pointer in *from, and goes on where the task whose
 * stack pointer is `to` was left. */
void cpu_switch(uintptr_t *from, uintptr_t to);

/* The frame that cpu_switch pushes: its words, which of them is the return address, and the words above it that align
 * a stack as at the entry of a function. */
extern const size_t cpu_frame_words, cpu_frame_return, cpu_frame_above;

/* ---- for the self-test of a port: test/port ---- */

/* Not 0 where faults of the CPU end in moat_fault_exception; the tests below that provoke them are for such a CPU. */
extern const size_t cpu_exceptions;

/* An address that nothing is at, neither for data nor for code. */
extern const uintptr_t cpu_nothing;

/* cpu_call() notes the stack pointer and, as the last thing that it does, calls this function with these arguments. */
extern uintptr_t cpu_call_function, cpu_call_arguments[2], cpu_call_sp;
void cpu_call(void);

/* Counts down from `rounds`, two instructions a round. */
void cpu_loop(uint32_t rounds);

/* Stores 1 to each of CPU_LINE words, one instruction a word, in order. */
#define CPU_LINE 64
void cpu_line(volatile uint32_t *words);

/* Executes an undefined instruction. */
void cpu_undefined(void);

/* Points the stack pointer to `address` and pushes. */
void cpu_stack_lose(uintptr_t address);

/* Raises an interrupt that no board serves. */
void cpu_stray_interrupt(void);

#endif
