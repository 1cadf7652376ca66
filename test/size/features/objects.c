/* minimal.c's program with a walk over all objects.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

void use_feature(void);

void use_feature(void) {
    struct moat_object object;
    object.start = NULL;
    while (moat_object_next(&object)) {
    }
}
