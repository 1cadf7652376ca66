/* moat: what the benchmark's workloads stand on: the count of instructions, the allocator under test, numbers out.
 *
 * Costs are guest instructions under QEMU's -icount, exact and repeatable. They are not cycles.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

#include "allocator.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- the arena ---- */

#define BENCH_KIB 1024u
#define BENCH_ARENA_BYTES (64 * BENCH_KIB)       /* of every workload but slices */
#define BENCH_ARENA_BYTES_MAX (3072 * BENCH_KIB) /* of slices */

/* Aligned to 4 KiB, which newlib's malloc takes for a page. */
extern unsigned char bench_arena[];

/* ---- time ---- */

/* Interrupts are masked from begin to end, so that nothing else is counted. Returns the instructions between. */
uint32_t bench_begin(void);
uint32_t bench_end(uint32_t begin);

/* Finds the cost of measuring and verifies the count on blocks of known length. False: it is not exact here. */
bool bench_calibrate(void);

/* ---- chance ---- */

/* xorshift32; its state starts at 0x12345678. */
uint32_t bench_random(void);
extern uint32_t bench_random_state;

/* One of 0 .. bound - 1. */
uint32_t bench_random_below(uint32_t bound);

/* ---- the allocator under test ---- */

extern const struct bench_allocator *bench_allocator;

/* The allocator is moat: objects hang from roots and are not freed. */
extern bool bench_managed;

/* ---- numbers out: one line each, METRIC VALUE ---- */

void bench_print(const char *metric, uint32_t value);

/* sum / count with two decimals. */
void bench_print_mean(const char *metric, uint64_t sum, uint32_t count);

/* Ends the run: the workload cannot go on. */
_Noreturn void bench_fail(const char *why);

/* Ends the run: the allocator has no memory for what the workload needs. That is a result, but for moat a failure. */
_Noreturn void bench_exhausted(const char *why);

/* Ends the run: the workload has no meaning for this allocator. */
_Noreturn void bench_skip(const char *why);

#endif
