/* moat: objects that a DMA engine reads or writes.
 *
 *   static struct moat_dma receiving;
 *
 *   uint8_t *line = MOAT_NEW_DMA(64);
 *   if (line != NULL && moat_dma_begin(&receiving, line, 64, MOAT_DMA_FROM_DEVICE) == MOAT_OK) {
 *       UART->DMA_ADDRESS = (uint32_t)line;   and in the handler of its end:   moat_dma_end(&receiving);
 *   }
 *
 * Until moat_dma_end the memory is the engine's: it is kept, even if the last reference to it goes. Neither guard nor
 * collector sees what an engine writes: it may write raw bytes only, never slots.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_DMA_H
#define MOAT_DMA_H

#include "moat_compiler.h"
#include "moat_defaults.h"

#include <stddef.h>

MOAT_C_BEGIN_

/* Raw bytes for transfers. They begin at a multiple of MOAT_CONFIG_DMA_LINE, and no other object has a byte in their
 * lines. The pointer is to a place inside the object, and not to its start. Any pointer may do so.
 * bytes  1 or more
 * Returns zeroed bytes, or NULL as moat_new_bytes does. Context: any. Cost: as moat_new_bytes's, of `bytes` rounded up
 * to a line and a line more; with a line of 0, of `bytes`. */
void *moat_new_dma(size_t bytes);
#define MOAT_NEW_DMA(bytes) moat_new_dma(bytes) /* in memory that the engine reaches: MOAT_NEW_DMA_IN */

enum moat_dma_direction {
    MOAT_DMA_TO_DEVICE,   /* the engine reads */
    MOAT_DMA_FROM_DEVICE, /* the engine writes, or both */
};

/* A transfer. Zeroed: none is under way. The firmware's, in static memory or in an object, until it has ended. */
struct moat_dma {
    void *start; /* NULL: none is under way. moat_dma_begin and _end write it */
    size_t bytes;
    enum moat_dma_direction direction;
};

/* Pins the object, and gives the memory to the engine. With a MOAT_CONFIG_DMA_LINE it cleans the cache, and what the
 * engine writes is not in the cache. Start the engine after this, behind a barrier (DSB, fence) if the CPU needs one.
 * p, bytes   bytes of one object. Or bytes of memory that is not moat's, e.g. a constant: then only the cache is
 *            cleaned. For MOAT_DMA_FROM_DEVICE they are raw bytes, and share no line of the cache with another object
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _NULL, _SIZE (0 bytes, or beyond the object), _FOREIGN (in an arena, but no
 * object), _TYPE (from a device into slots), _ALIGN (lines shared with a neighbour), _OVERLAP (this transfer is under
 * way), _FULL (MOAT_CONFIG_PINS_MAX). Context: any. Cost: as moat_pin's, and the cache's. */
int moat_dma_begin(struct moat_dma *transfer, void *p, size_t bytes, enum moat_dma_direction direction);

/* Call it when the engine has ended, or was stopped. It takes the memory and the pin back. After it the CPU reads what
 * a device wrote.
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _NULL, _ABSENT (not under way: ended before, or never begun). Context: any.
 * Cost: as moat_dma_begin's. */
int moat_dma_end(struct moat_dma *transfer);

/* Firmware with a MOAT_CONFIG_DMA_LINE supplies these, e.g. by SCB_CleanDCache_by_Addr and
 * SCB_CleanInvalidateDCache_by_Addr of CMSIS. Without one they are not called. start and bytes are multiples of the
 * line.
 * _clean: writes the cache's contents of that range to memory. _drop: does the same, and removes them from the cache.
 */
void moat_dma_cache_clean(void *start, size_t bytes);
void moat_dma_cache_drop(void *start, size_t bytes);

MOAT_C_END_

#endif
