/* clang names the function that must stand outside in a note.
 *
 * EXPECT: MOAT_TYPE_of_thing_type_must_stand_outside_of_functions|function definition is not allowed here
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
};
#if !MISUSE
MOAT_TYPE(thing_type, struct thing, next);
#endif

void *make(void);
void *make(void) {
#if MISUSE
    MOAT_TYPE(thing_type, struct thing, next);
#endif
    return MOAT_NEW(thing_type);
}
