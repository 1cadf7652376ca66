/* EXPECT: struct thing needs a larger alignment than the heap gives
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#if MISUSE
#define ALIGNMENT (2 * MOAT_GRANULE)
#else
#define ALIGNMENT MOAT_GRANULE
#endif

struct thing {
    _Alignas(ALIGNMENT) MOAT_REF(struct thing) next;
};
MOAT_TYPE(thing_type, struct thing, next);
