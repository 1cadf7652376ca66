/* moat: whether a type names a word as a slot. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_SLOT_MAP_H
#define MOAT_SLOT_MAP_H

#include "moat_type.h"

#include <stdbool.h>

/* Whether the aligned word at `offset` of an object of `bytes` is a slot. array: elements of `type` follow each other.
 * Cost: divisions, and a step for each of the type's runs. */
bool moat_slot_map_has(const struct moat_type *type, bool array, uintptr_t offset, uintptr_t bytes);

#endif
