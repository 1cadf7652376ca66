/* moat: typed copies and clears where tasks are preempted. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_MOVE_SLOTS_H
#define MOAT_MOVE_SLOTS_H

#include "moat_type.h"

/* Copies `bytes` bytes from `from` on, which may overlap them, to `offset` within elements of `type` at `to`; from 0:
 * clears them. Each word is copied in one masked step together with its barrier. `type` has slots, `to` is aligned. */
void moat_move_slots(const struct moat_type *type, uintptr_t to, uintptr_t offset, uintptr_t from, uintptr_t bytes);

#endif
