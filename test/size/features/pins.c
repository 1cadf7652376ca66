/* minimal.c's program with a pin.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static char object;
    (void)moat_pin(&object);
    (void)moat_unpin(&object);
}
