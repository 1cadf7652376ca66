/* moat: address-ordered first fit, of which it is known that it fragments little: the measure for wide_mix.
 *
 * After Knuth, "The Art of Computer Programming", volume 1, 2.5, algorithms A and B, with a list in the order of
 * addresses.
 *
 * SPDX-License-Identifier: MIT */
#include "allocator.h"

#include <stdint.h>

/* In front of each block; `next` is there while it is free. */
struct block {
    size_t bytes; /* with this header */
    struct block *next;
};

#define HEADER sizeof(size_t)
#define UNIT 8u

static struct block *first; /* free blocks, by address; none touches the next */

static void init(void *arena, size_t bytes) {
    first = (struct block *)((uintptr_t)arena + UNIT - HEADER);
    first->bytes = (bytes - UNIT) / UNIT * UNIT;
    first->next = NULL;
}

static void *alloc(size_t bytes) {
    size_t need = (bytes + HEADER + UNIT - 1) / UNIT * UNIT;
    need = need < sizeof(struct block) ? sizeof(struct block) : need;
    for (struct block **link = &first; *link != NULL; link = &(*link)->next) {
        struct block *block = *link;
        if (block->bytes < need) {
            continue;
        }
        if (block->bytes - need >= sizeof(struct block)) {
            struct block *rest = (struct block *)((uintptr_t)block + need);
            rest->bytes = block->bytes - need;
            rest->next = block->next;
            *link = rest;
            block->bytes = need;
        } else {
            *link = block->next;
        }
        return (void *)((uintptr_t)block + HEADER);
    }
    return NULL;
}

/* Joins a block with the next if they touch. */
static void join(struct block *block) {
    struct block *next = block->next;
    if (next != NULL && (uintptr_t)block + block->bytes == (uintptr_t)next) {
        block->bytes += next->bytes;
        block->next = next->next;
    }
}

static void release(void *object) {
    struct block *block = (struct block *)((uintptr_t)object - HEADER), *before = NULL;
    for (struct block *at = first; at != NULL && at < block; at = at->next) {
        before = at;
    }
    struct block **link = before == NULL ? &first : &before->next;
    block->next = *link;
    *link = block;
    join(block);
    if (before != NULL) {
        join(before);
    }
}

static struct bench_allocator first_fit = {"first-fit", init, alloc, release, NULL};
BENCH_ALLOCATOR(first_fit);
