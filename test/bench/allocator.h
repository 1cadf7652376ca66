/* moat: an allocator that the benchmark can run. README.md shows an adaptor.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_ALLOCATOR_H
#define BENCH_ALLOCATOR_H

#include <stddef.h>

struct bench_allocator {
    const char *name;                        /* as on the command line and in build/bench.tsv */
    void (*init)(void *arena, size_t bytes); /* called once before the workload; all metadata goes into the arena */
    void *(*alloc)(size_t bytes);            /* NULL: no memory */
    void (*free)(void *object);              /* NULL: cannot free; init is then called again when memory runs out */
    struct bench_allocator *next;            /* the benchmark's */
};

void bench_allocator_add(struct bench_allocator *allocator);

/* BENCH_ALLOCATOR(variable): makes a static `struct bench_allocator variable` known to the benchmark. */
#define BENCH_ALLOCATOR(variable)                                                                                      \
    __attribute__((constructor)) static void variable##_add(void) {                                                    \
        bench_allocator_add(&variable);                                                                                \
    }                                                                                                                  \
    _Static_assert(1, "takes the semicolon")

#endif
