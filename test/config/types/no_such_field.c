/* EXPECT: no member named .?nxet
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
};
#if MISUSE
MOAT_TYPE(thing_type, struct thing, nxet);
#else
MOAT_TYPE(thing_type, struct thing, next);
#endif
