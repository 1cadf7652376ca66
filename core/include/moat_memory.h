/* moat: kinds of memory, and objects that ask for one.
 *
 *   moat_init();                                        the linker script's arena: of no kind
 *   moat_arena_add(tcm, sizeof tcm);
 *   moat_arena_kinds(tcm, MOAT_MEMORY_FAST);
 *   moat_arena_add(sram3, sizeof sram3);
 *   moat_arena_kinds(sram3, MOAT_MEMORY_DMA | MOAT_MEMORY_BULK);
 *
 *   struct filter *filter = MOAT_NEW_IN(MOAT_MEMORY_FAST, filter_type);
 *   uint8_t *frame = MOAT_NEW_DMA_IN(MOAT_MEMORY_DMA | MOAT_MEMORY_ONLY, 1514);
 *
 * A request names kinds. The arenas that have all of these kinds are searched first, in the order in which they were
 * added. If they have no room, the next free memory of any arena serves the request. With MOAT_MEMORY_ONLY the request
 * fails instead, after the collections that any request has before it fails.
 *
 * A request that names no kind uses all arenas in the same order, whatever their kinds are. So add an arena last if it
 * is to be kept for requests that ask for it. In an arena that other requests have gone through already, the memory
 * that they left over is free again after the next cycle.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MEMORY_H
#define MOAT_MEMORY_H

#include "moat_compiler.h"

#include <stddef.h>
#include <stdint.h>

MOAT_C_BEGIN_

#define MOAT_MEMORY_ANY 0u                   /* nothing is asked of it */
#define MOAT_MEMORY_FAST 1u                  /* e.g. tightly coupled to the CPU */
#define MOAT_MEMORY_DMA 2u                   /* a DMA engine reaches it */
#define MOAT_MEMORY_BULK 4u                  /* large and slow, e.g. outside of the chip */
#define MOAT_MEMORY_OWN(n) (8u << (n))       /* the firmware's own kinds; n 0..27 */
#define MOAT_MEMORY_ONLY ((uint32_t)1 << 31) /* of a request: no other memory will do */

/* Sets the kinds of memory that an arena is.
 * arena   any address that was given to moat_arena_add, or in the linker script's arena
 * kinds   MOAT_MEMORY_... joined by `|`, without _ONLY; they replace those that it had
 * Returns MOAT_OK, or MOAT_ERR_NOT_READY, _NULL, _ABSENT (no arena is there), _SIZE (_ONLY is no kind).
 * Context: any. Cost: a search of the arenas. */
int moat_arena_kinds(const void *arena, uint32_t kinds);

/* As moat_new and the others of moat.h and moat_dma.h.
 * memory  kinds, MOAT_MEMORY_ANY for none; with `| MOAT_MEMORY_ONLY` only an arena that has them all will do
 * Returns NULL as those do. With _ONLY it also returns NULL if no arena of these kinds has so many bytes
 * (MOAT_ERR_SIZE), or if those that have are full (MOAT_ERR_MEMORY). Context: any. Cost: a search of these arenas'
 * bitmaps for a free place, 8 words masked at a time, and clearing the object; then as those. There is no fast path: it
 * is for objects that are made now and then. */
void *moat_new_in(uint32_t memory, const struct moat_type *type);
void *moat_new_array_in(uint32_t memory, const struct moat_type *type, size_t count);
void *moat_new_flex_in(uint32_t memory, const struct moat_type *type, size_t tail);
void *moat_new_bytes_in(uint32_t memory, size_t bytes);
void *moat_new_dma_in(uint32_t memory, size_t bytes);

/* The same by the type's name, as MOAT_NEW. */
#define MOAT_NEW_IN(memory, type) ((MOAT_OBJECT_OF_(type) *)moat_new_in((memory), &(type)))
#define MOAT_NEW_ARRAY_IN(memory, type, count) ((MOAT_OBJECT_OF_(type) *)moat_new_array_in((memory), &(type), (count)))
#define MOAT_NEW_FLEX_IN(memory, type, tail) ((MOAT_OBJECT_OF_(type) *)moat_new_flex_in((memory), &(type), (tail)))
#define MOAT_NEW_BYTES_IN(memory, bytes) moat_new_bytes_in((memory), (bytes))
#define MOAT_NEW_DMA_IN(memory, bytes) moat_new_dma_in((memory), (bytes))

MOAT_C_END_

#endif
