/* moat: the table of workloads.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

struct bench_workload {
    const char *name;
    void (*run)(const char *parameters);           /* the rest of the name, such as "_16" */
    size_t (*arena_bytes)(const char *parameters); /* NULL: BENCH_ARENA_BYTES */
};

/* Ends with a NULL name. */
extern const struct bench_workload bench_workloads[];

/* The number in a text, behind anything that is no digit. */
uint32_t bench_number(const char *text);

void bench_replace(const char *size);
void bench_scatter(const char *size);
void bench_mixed50(const char *none);
void bench_mixed_raise(const char *none);
void bench_trees(const char *keep);
void bench_trees_stale(const char *keep);
void bench_firmware(const char *kib);
void bench_burst(const char *kib);
void bench_wide_mix(const char *none);
void bench_every_second(const char *none);
void bench_slices(const char *shape_and_kib);
void bench_checkerboard(const char *size);
void bench_store_idle(const char *none);
void bench_store_marking(const char *none);
void bench_store_full(const char *none);
void bench_swap(const char *none);
void bench_rotate(const char *none);
void bench_reverse(const char *none);
void bench_guard(const char *name);
void bench_stack(const char *none);
void bench_memory(const char *none);
size_t bench_long_lived_arena(const char *kib);
size_t bench_wide_mix_arena(const char *none);
size_t bench_slices_arena(const char *shape_and_kib);

#endif
