/* minimal.c's program with a weak reference.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    static char object;
    struct moat_weak *weak = moat_weak_new(&object);
    (void)moat_weak_get(weak);
    moat_weak_clear(weak);
}
