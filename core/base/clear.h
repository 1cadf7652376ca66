/* moat: copying and clearing words. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CLEAR_H
#define MOAT_CLEAR_H

#include "moat_heap.h"

/* Copies words. All three are multiples of a word; the ranges do not overlap. */
void moat_copy_words(void *to, const void *from, uintptr_t bytes);

/* Clears [from, to), both aligned to a word. Returns `from`. */
void *moat_clear_words(uintptr_t from, uintptr_t to);

#endif
