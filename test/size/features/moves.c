/* minimal.c's program with typed copies and clears.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct item {
    MOAT_REF(struct item) next;
};
MOAT_TYPE(item_type, struct item, next);
static struct item items[2];

void use_feature(void);

void use_feature(void) {
    (void)MOAT_MOVE(item_type, &items[0], &items[1]);
    (void)MOAT_ZERO(item_type, &items[0]);
}
