/* More than 24 members in a list, however many.
 *
 * EXPECT: struct thing has more than 24 slots in one list: MOAT_TYPE_RUNS takes as many as there are
 * EXPECT: struct thing has more than 24 slots in one list
 * EXPECT: struct thing has more than 24 slots in one list
 * EXPECT: struct thing has more than 24 slots in one list
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct thing {
    MOAT_REF(struct thing) next;
    struct {
        MOAT_REF(struct thing) next;
    } inner;
};
struct table {
    struct thing things[2];
};
void finalize(void *object);

#define FOUR next, next, next, next
#define SIX FOUR, inner.next, next
#define FIVE_TIMES(list) list, list, list, list, list
#define LEGAL FIVE_TIMES(FOUR), FOUR

#if MISUSE == 1
MOAT_TYPE(thing_type, struct thing, LEGAL, next);
#elif MISUSE == 2
MOAT_TYPE(thing_type, struct thing, FIVE_TIMES(SIX), FIVE_TIMES(SIX), FIVE_TIMES(SIX));
#elif MISUSE == 3
MOAT_TYPE_FINALIZED(thing_type, struct thing, finalize, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, inner.next);
#elif MISUSE == 4
MOAT_TYPE_RUNS(table_type, struct table, MOAT_RUN_STRUCTS(struct table, things, struct thing, LEGAL, inner.next));
#else
MOAT_TYPE(thing_type, struct thing, LEGAL);
MOAT_TYPE_FINALIZED(finalized_type, struct thing, finalize, LEGAL);
MOAT_TYPE_RUNS(table_type, struct table, MOAT_RUN_STRUCTS(struct table, things, struct thing, LEGAL));
#endif
