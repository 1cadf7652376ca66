/* moat: a heap that begins anew with each test case, and what such a test asks about dead objects.
 *
 * The heap's whole state is one struct, so that clearing it and the root sections takes the heap back to power-up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_FRESH_HEAP_H
#define TEST_FRESH_HEAP_H

#include "harness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Defines a static arena, name.bytes. Compilers address a static variable through a register up to 4 KiB off it, which
 * the scan of a stack would take for a pointer to an object: so there is room on either side. */
#define FRESH_ARENA_GAP TEST_ROOM(8192, 256)
#define FRESH_ARENA(name, size)                                                                                        \
    static struct {                                                                                                    \
        unsigned char before[FRESH_ARENA_GAP];                                                                         \
        unsigned char bytes[size] __attribute__((aligned(16)));                                                        \
        unsigned char after[FRESH_ARENA_GAP];                                                                          \
    } name

/* Forgets the heap, clears the root sections, and starts again with one arena. True on success. */
bool fresh_heap(void *arena, size_t bytes);

/* Runs whole cycles. The stack is cleared first, by the caller itself: the frames that follow have gaps, in which a
 * stale word would keep an object. */
#define collect_once() (scrub_stack(), collect_cycles(1))

/* Collects until nothing more dies: a finalizer lets go of its object in the cycle after the one that found it dead. */
#define collect_all() (scrub_stack(), collect_cycles(2))

void collect_cycles(unsigned count);

/* Clears the stack below the caller, as far as the tests' functions reach. */
void scrub_stack(void);

/* An object's address as a number that the scan of a stack does not take for one. Keep it in static memory. */
static inline uintptr_t hide(const void *object) {
    return ~(uintptr_t)object;
}

/* Whether there is an object that begins at this address. */
bool is_alive(uintptr_t hidden);

/* Bytes that are free: exact when no sweep is under way. */
size_t free_bytes(void);

#ifdef __cplusplus
}
#endif

#endif
