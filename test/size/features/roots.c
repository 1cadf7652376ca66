/* minimal.c's program with a root that comes and goes.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

static MOAT_REF(void) slot;

void use_feature(void);

void use_feature(void) {
    (void)moat_root_add(&slot, NULL, 1);
    (void)moat_root_remove(&slot);
}
