/* minimal.c's program with a type whose slots no map holds, nested repeats among them.
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct pair {
    int number;
    MOAT_REF(struct pair) slots[2];
};
struct pairs {
    struct pair pairs[4];
};
MOAT_TYPE_RUNS(pairs_type, struct pairs, MOAT_RUN_NESTED(struct pairs, pairs, struct pair, slots));

void use_feature(void);

void use_feature(void) {
    (void)MOAT_NEW(pairs_type);
}
