/* EXPECT: struct thing is too large
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#if MISUSE
#define BYTES 0x7fffffffu
#else
#define BYTES 0x7fffff00u
#endif

struct thing {
    char bytes[BYTES];
};
MOAT_TYPE(thing_type, struct thing);
