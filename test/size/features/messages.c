/* minimal.c's program with refused calls print why.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

MOAT_USE_MESSAGES;

void use_feature(void);

void use_feature(void) {
    (void)moat_gc_step(0);
}
