/* minimal.c's program with a count of what grows.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_growth growth;
    static struct moat_growth_row rows[4];
    (void)moat_growth_begin(&growth, rows, 4);
    (void)moat_growth_step(&growth, 100);
    moat_growth_print(&growth);
}
