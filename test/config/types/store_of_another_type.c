/* EXPECT: pointer type mismatch
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
};
struct other {
    int value;
};

void link_to(struct thing *thing, struct thing *next, struct other *other);

void link_to(struct thing *thing, struct thing *next, struct other *other) {
#if MISUSE
    (void)next;
    MOAT_STORE(thing->next, other);
#else
    (void)other;
    MOAT_STORE(thing->next, next);
#endif
}
