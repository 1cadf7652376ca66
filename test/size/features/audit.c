/* minimal.c's program with the audit of what C owns.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    (void)moat_audit(NULL);
}
