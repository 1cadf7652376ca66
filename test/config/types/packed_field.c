/* EXPECT: struct thing\.next is not a slot: it is not aligned
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#if MISUSE
#define PACKED __attribute__((packed))
#else
#define PACKED
#endif

struct PACKED thing {
    char tag;
    MOAT_REF(struct thing) next;
};
MOAT_TYPE(thing_type, struct thing, next);
