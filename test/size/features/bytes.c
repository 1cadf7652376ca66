/* minimal.c's program with raw bytes.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW_BYTES(16);
}
