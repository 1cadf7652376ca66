/* moat: a ring of received bytes: an interrupt handler puts, thread mode takes. No masking is needed, since each index
 * has one writer.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BSP_RING_H
#define MOAT_BSP_RING_H

#include <stdbool.h>
#include <stdint.h>

#define BSP_RING_BYTES 256u /* a power of two */

struct bsp_ring {
    volatile uint32_t put, taken; /* free-running */
    volatile uint8_t bytes[BSP_RING_BYTES];
};

static inline bool bsp_ring_full(const struct bsp_ring *ring) {
    return ring->put - ring->taken == BSP_RING_BYTES;
}

/* The ring is not full. */
static inline void bsp_ring_put(struct bsp_ring *ring, uint8_t byte) {
    ring->bytes[ring->put % BSP_RING_BYTES] = byte;
    ring->put++;
}

/* A byte, or -1. */
static inline int bsp_ring_take(struct bsp_ring *ring) {
    if (ring->put == ring->taken) {
        return -1;
    }
    int byte = ring->bytes[ring->taken % BSP_RING_BYTES];
    ring->taken++;
    return byte;
}

#endif
