/* Fillers. See filler.h.
 *
 * SPDX-License-Identifier: MIT */
#include "filler.h"

#include "harness.h"
#include "space/granule.h"

#include <moat.h>

static MOAT_ROOT(void) fillers[FILLERS_MAX]; /* NULL in a heap that starts anew */

void fill(size_t granules) {
    unsigned i = 0;
    while (i < FILLERS_MAX && fillers[i] != NULL) {
        i++;
    }
    CHECK(i < FILLERS_MAX && granules != 0);
    MOAT_STORE(fillers[i], moat_new_bytes(granules * MOAT_GRANULE - MOAT_WORD_BYTES));
    CHECK(fillers[i] != NULL);
}
