/* tracker: the heap's memory on a board: the arena that the linker script gives (MOAT_ARENA_BYTES).
 *
 * SPDX-License-Identifier: MIT */
#include "heap.h"

#include <moat.h>

int heap_open(void) {
    return moat_init();
}
