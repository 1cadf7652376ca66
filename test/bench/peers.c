/* moat: what ships with the compiler, and the least that an allocator can do.
 *
 * SPDX-License-Identifier: MIT */
#include "allocator.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- malloc: newlib's or newlib-nano's, whichever is linked ---- */

static char *heap_at, *heap_end;

void *_sbrk(ptrdiff_t bytes);

void *_sbrk(ptrdiff_t bytes) {
    if (bytes > heap_end - heap_at) {
        errno = ENOMEM;
        return (void *)-1; /* newlib's sign of failure */
    }
    char *before = heap_at;
    heap_at += bytes;
    return before;
}

static void malloc_init(void *arena, size_t bytes) {
    heap_at = arena;
    heap_end = heap_at + bytes;
}

static struct bench_allocator malloc_allocator = {"malloc", malloc_init, malloc, free, NULL};
BENCH_ALLOCATOR(malloc_allocator);

/* ---- a bump pointer ---- */

static uintptr_t bump_at, bump_end;

static void bump_init(void *arena, size_t bytes) {
    bump_at = (uintptr_t)arena;
    bump_end = bump_at + bytes;
}

static void *bump_alloc(size_t bytes) {
    bytes = (bytes + 7) & ~(size_t)7;
    if (bytes > bump_end - bump_at) {
        return NULL;
    }
    uintptr_t at = bump_at;
    bump_at += bytes;
    return (void *)at;
}

static struct bench_allocator bump_allocator = {"bump", bump_init, bump_alloc, NULL, NULL};
BENCH_ALLOCATOR(bump_allocator);
