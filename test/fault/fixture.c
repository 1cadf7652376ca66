/* A firmware that is never run: the decoder's tests take its addresses, lines and types.
 *
 * SPDX-License-Identifier: MIT */
#include <stdint.h>

struct position {
    int32_t latitude;
    int32_t longitude;
};

struct fixture_frame {
    struct fixture_frame *next;
    uint16_t length;
    struct position positions[4];
    union {
        uint32_t word;
        uint8_t bytes[4];
    };
    uint8_t tail[];
};

typedef struct {
    void *first;
    struct fixture_frame *second;
} fixture_pair;

struct fixture_with_a_name_that_is_cut {
    int one;
    int two;
};

void *fixture_ring[8];
struct fixture_frame fixture_frame;
fixture_pair fixture_pairs;
struct fixture_with_a_name_that_is_cut fixture_long;

__attribute__((noinline)) void fixture_guard(void *volatile *slot, void *value);
__attribute__((noinline)) void fixture_guard(void *volatile *slot, void *value) {
    *slot = value;
}

/* The label stands where the call returns to. */
static inline __attribute__((always_inline)) void moat_store_(void **slot, void *value) {
    fixture_guard((void *volatile *)slot, value);
    __asm__ volatile(".globl fixture_return\nfixture_return:" ::: "memory");
    *slot = value;
}

__attribute__((noinline)) void fixture_send(struct fixture_frame *frame);
__attribute__((noinline)) void fixture_send(struct fixture_frame *frame) {
    moat_store_(&fixture_ring[2], frame); /* the store */
}

__attribute__((noinline)) void fixture_fault(volatile int *p);
__attribute__((noinline)) void fixture_fault(volatile int *p) {
    __asm__ volatile(".globl fixture_instruction\nfixture_instruction:");
    *p = 1; /* the instruction */
}

void _start(void);
void _start(void) {
    fixture_send(&fixture_frame);
    __asm__ volatile(".globl fixture_start_return\nfixture_start_return:" ::: "memory");
    fixture_fault((int *)&fixture_long);
    for (;;) {
    }
}
