/* minimal.c's program with a flexible type.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct list {
    int count;
    MOAT_REF(struct list) items[];
};
MOAT_TYPE_FLEX(list_type, struct list, MOAT_TAIL_SLOTS(struct list, items));

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW_FLEX(list_type, 4);
}
