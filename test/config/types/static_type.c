/* clang names the function that must not be static in a note.
 *
 * EXPECT: MOAT_TYPE_of_thing_type_must_not_be_static|weak declaration cannot have internal linkage
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
};
#if MISUSE
static MOAT_TYPE(thing_type, struct thing, next);
#else
MOAT_TYPE(thing_type, struct thing, next);
#endif
