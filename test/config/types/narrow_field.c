/* EXPECT: struct thing\.count is not a slot: it is no pointer, and no array of them
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
    uint16_t count;
};
#if MISUSE
MOAT_TYPE(thing_type, struct thing, next, count);
#else
MOAT_TYPE(thing_type, struct thing, next);
#endif
