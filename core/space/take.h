/* moat: taking free memory for objects. Internal to core. docs/design.md, "Free memory".
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TAKE_H
#define MOAT_TAKE_H

#include "space/granule.h"

/* Makes an object of `granules`, its payload zero, its header as given: from a hole, the chunk or a free run before the
 * search's stop. granules 1..MOAT_SMALL_GRANULES. Returns its address, or 0. Masks interrupts for a few runs at a time.
 * Context: any. */
uintptr_t moat_take_small(uint32_t granules, moat_word header);

/* The same for any number of granules, searched for in the bitmap. The object is of raw bytes until its memory is
 * cleared, with interrupts on. Cost: in proportion to the bitmap that is searched, and to the object. */
uintptr_t moat_take_large(uint32_t granules, moat_word header);

/* The owner, as a part of the payment for `granules`: while marking, searches on until there is room for a request as
 * large as the largest of late, or the payment is spent. So a long search is spread over requests. Masks interrupts for
 * a few runs at a time. */
void moat_take_ahead(uint32_t granules);

/* The chunk becomes a hole: one from behind the search's stop would have the fast path use up the reserve, and no cycle
 * would start. Context: any. */
void moat_take_leave_chunk(void);

/* Interrupts masked, as in all that follow. A cycle begins: the chunk becomes a hole, the holes move aside, all that is
 * free may be used, and objects are born black. */
void moat_take_begin_marking(void);

/* Marking is over: the holes are forgotten, since the sweep frees them. */
void moat_take_begin_sweep(void);

/* The sweep is over and the stop is placed: the search begins anew. */
void moat_take_begin_idle(void);

#endif
