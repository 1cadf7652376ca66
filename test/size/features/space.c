/* minimal.c's program with a measure of its free memory.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static struct moat_space space;
    (void)moat_space_begin(&space);
    (void)moat_space_step(&space, 100);
    moat_space_print(&space);
}
