/* minimal.c's program with a count of its objects by type.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_usage usage;
    static struct moat_usage_row rows[4];
    (void)moat_usage_begin(&usage, rows, 4);
    (void)moat_usage_step(&usage, 100);
    moat_usage_print(&usage);
}
