/* A run of structs that the member is not made of.
 *
 * EXPECT: struct thing\.entries is not made of struct other
 * EXPECT: struct thing\.entries is not made of struct other
 * EXPECT: struct thing\.tail is not made of struct other
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct entry {
    MOAT_REF(struct thing) value;
};
struct other {
    uintptr_t number;
    MOAT_REF(struct thing) value;
};
struct thing {
    struct entry entries[3][2];
    struct entry tail[];
};
#if MISUSE == 1
MOAT_TYPE_RUNS(thing_type, struct thing, MOAT_RUN_STRUCTS(struct thing, entries, struct other, value));
#elif MISUSE == 2
MOAT_TYPE_RUNS(thing_type, struct thing, MOAT_RUN_NESTED(struct thing, entries, struct other, value));
#elif MISUSE == 3
MOAT_TYPE_FLEX(thing_type, struct thing, MOAT_TAIL_STRUCTS(struct thing, tail, struct other, value));
#else
MOAT_TYPE_FLEX(thing_type, struct thing, MOAT_RUN_STRUCTS(struct thing, entries, struct entry, value),
               MOAT_TAIL_STRUCTS(struct thing, tail, struct entry, value));
#endif
