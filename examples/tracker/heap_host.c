/* tracker: the heap's memory on the host, where no linker script gives an arena.
 *
 * SPDX-License-Identifier: MIT */
#include "heap.h"

#include <moat.h>

static _Alignas(16) unsigned char arena[HEAP_BYTES];

int heap_open(void) {
    int result = moat_init();
    return result == MOAT_OK ? moat_arena_add(arena, sizeof arena) : result;
}
