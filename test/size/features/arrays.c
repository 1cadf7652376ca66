/* minimal.c's program with arrays of a type.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct item {
    MOAT_REF(struct item) next;
};
MOAT_TYPE(item_type, struct item, next);

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW_ARRAY(item_type, 16);
}
