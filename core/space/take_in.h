/* moat: taking free memory of one arena. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_TAKE_IN_H
#define MOAT_TAKE_IN_H

#include "space/granule.h"

/* Makes an object of `granules` in the arena, its payload zero, its header as given, from what is free there, behind
 * the search's stop too: the reserve is made good before it. Holes are not free. Returns its address, or 0. Masks
 * interrupts for a few words at a time. Context: any. Cost: in proportion to the arena's bitmap that is searched, which
 * begins where it ended last, and to the object. */
uintptr_t moat_take_in(struct moat_arena *arena, uint32_t granules, moat_word header);

#endif
