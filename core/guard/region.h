/* moat: regions, as core looks them up. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_REGION_INTERNAL_H
#define MOAT_REGION_INTERNAL_H

#include "moat_region.h"

/* The smallest region that an address lies in, or NULL. Context: any. Cost: a search of all of them. */
const struct moat_region *moat_region_of(uintptr_t at);

/* The index-th region, in no order that means anything, or NULL. Context: any. Cost: constant for those of the table in
 * flash, else a search of those added. */
const struct moat_region *moat_region_at(uint32_t index);

/* How often regions were added or removed: an index means the same as long as it stays. Context: any. */
uint32_t moat_region_changes(void);

#endif
