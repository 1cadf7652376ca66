/* Each declarator of a MOAT_ROOT is a root, and of a MOAT_REF a slot.
 *
 * EXPECT: incompatible pointer type
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next, previous;
};
MOAT_TYPE(thing_type, struct thing, next, previous);
static MOAT_ROOT(struct thing) first, last;
_Static_assert(sizeof last == sizeof(void *), "the second is a pointer, too");

void set(struct thing *thing, int *number);
void set(struct thing *thing, int *number) {
    MOAT_STORE(first, thing);
    MOAT_STORE(last, first);
#if MISUSE
    MOAT_STORE(last, number);
#endif
    (void)number;
}
