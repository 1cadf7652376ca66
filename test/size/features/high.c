/* minimal.c's program with high-water marks.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_high high;
    (void)moat_high_step(100);
    (void)moat_high_get(&high);
}
