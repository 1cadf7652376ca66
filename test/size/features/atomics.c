/* minimal.c's program with stores that handlers see whole.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static MOAT_ROOT(void) slot;

void use_feature(void);

void use_feature(void) {
    (void)MOAT_CAS(slot, NULL, slot);
    MOAT_SWAP(slot, slot);
}
