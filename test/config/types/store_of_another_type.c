/* The compiler says of each macro what it says of an assignment.
 *
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*incompatible pointer type|incompatible pointer types assigning
 * EXPECT: assign.*discards.*const|assigning.*discards qualifiers
 * EXPECT: assign.*discards.*const|assigning.*discards qualifiers
 * EXPECT: assign.*discards.*const|assigning.*discards qualifiers
 * EXPECT: assign.*without a cast|integer to pointer conversion
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
    MOAT_REF(struct other) other;
    MOAT_REF(char) text;
    MOAT_REF(const char) name;
};
struct other {
    int value;
};

void link_to(struct thing *thing, struct thing *next, struct other *other, const char *name);

void link_to(struct thing *thing, struct thing *next, struct other *other, const char *name) {
#if MISUSE == 1
    MOAT_STORE(thing->next, other);
#elif MISUSE == 2
    MOAT_INIT(thing->next, other);
#elif MISUSE == 3
    MOAT_SWAP(thing->next, thing->other);
#elif MISUSE == 4
    (void)MOAT_CAS(thing->next, next, other);
#elif MISUSE == 5
    (void)MOAT_EXCHANGE(thing->next, other);
#elif MISUSE == 6
    MOAT_ATOMIC_STORE(thing->next, other);
#elif MISUSE == 7
    MOAT_STORE(thing->text, name);
#elif MISUSE == 8
    MOAT_SWAP(thing->text, thing->name);
#elif MISUSE == 9
    MOAT_SWAP(thing->name, thing->text);
#elif MISUSE == 10
    MOAT_STORE(thing->next, 5);
#else
    MOAT_STORE(thing->next, next);
    MOAT_STORE(thing->next, NULL);
    MOAT_STORE(thing->next, 0);
    MOAT_STORE(thing->name, thing->text);
    MOAT_SWAP(thing->next, next->next);
#endif
    (void)next, (void)other, (void)name;
}
