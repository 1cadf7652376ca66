/* minimal.c's program with a search for what keeps an object.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_why why;
    static struct moat_why_hop hops[4];
    static uint32_t bits[4];
    (void)moat_why_begin(&why, bits, hops, 4, bits, 4);
    (void)moat_why_step(&why, 100);
    moat_why_print(&why);
}
