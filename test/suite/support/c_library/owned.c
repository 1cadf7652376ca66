/* A C library with nothing but zeros in its data, which comes first in .data.
 *
 * SPDX-License-Identifier: MIT */
#include "owned.h"

static uintptr_t kept[16], cleared[16];

uintptr_t *owned_words(void) {
    return kept;
}

uintptr_t *owned_cleared(void) {
    return cleared;
}
