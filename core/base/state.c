/* moat: the heap's state. See moat_heap.h.
 *
 * SPDX-License-Identifier: MIT */
#include "moat_heap.h"

struct moat_heap moat_heap;
