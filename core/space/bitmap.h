/* moat: setting the bits of ranges of granules. Internal to core; interrupts are masked in all of them.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_BITMAP_H
#define MOAT_BITMAP_H

#include "space/granule.h"

/* Sets the mark bits of so many granules from an address on, one at least: inside the object before them. bias: their
 * arena's. */
void moat_bitmap_set_inside(uintptr_t bias, uintptr_t at, uint32_t granules);

/* Makes free granules an object, black where it must be (moat_born_black). */
void moat_bitmap_set_object(const struct moat_arena *arena, uintptr_t at, uint32_t granules);

#endif
