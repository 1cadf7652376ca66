/* A member that is no pointer, or no array of pointers, in each place that names members.
 *
 * EXPECT: struct thing\.number is not a slot: it is no pointer, and no array of them
 * EXPECT: struct thing\.numbers is not a slot: it is no pointer, and no array of them
 * EXPECT: struct thing\.either is not a slot: it is no pointer, and no array of them
 * EXPECT: struct thing\.entries is not a slot: it is no pointer, and no array of them
 * EXPECT: struct thing\.numbers is not a slot: it is no pointer, and no array of them
 * EXPECT: struct entry\.number is not a slot: it is no pointer, and no array of them
 * EXPECT: struct entry\.number is not a slot: it is no pointer, and no array of them
 * EXPECT: struct tail\.numbers is not a slot: it is no pointer, and no array of them
 * EXPECT: struct thing\.number is not a slot: it is no pointer, and no array of them
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

struct entry {
    MOAT_REF(struct thing) value;
    uintptr_t number;
};
struct thing {
    MOAT_REF(struct thing) next, previous;
    MOAT_REF(struct thing) table[2][3][4];
    struct thing *_Atomic atomic;
    const char *const name;
    uintptr_t number, numbers[4];
    union {
        MOAT_REF(struct thing) thing;
        uintptr_t number;
    } either;
    struct entry entries[3];
};
struct tail {
    MOAT_REF(struct thing) first;
    uintptr_t numbers[];
};
struct slots_tail {
    MOAT_REF(struct thing) first;
    MOAT_REF(struct thing) slots[];
};
void finalize(void *object);

#if MISUSE == 1
MOAT_TYPE(thing_type, struct thing, next, number);
#elif MISUSE == 2
MOAT_TYPE(thing_type, struct thing, next, numbers);
#elif MISUSE == 3
MOAT_TYPE(thing_type, struct thing, either);
#elif MISUSE == 4
MOAT_TYPE(thing_type, struct thing, entries);
#elif MISUSE == 5
MOAT_TYPE_RUNS(thing_type, struct thing, MOAT_RUN_SLOTS(struct thing, numbers));
#elif MISUSE == 6
MOAT_TYPE_RUNS(thing_type, struct thing, MOAT_RUN_STRUCTS(struct thing, entries, struct entry, value, number));
#elif MISUSE == 7
MOAT_TYPE_RUNS(thing_type, struct thing, MOAT_RUN_NESTED(struct thing, entries, struct entry, number));
#elif MISUSE == 8
MOAT_TYPE_FLEX(tail_type, struct tail, MOAT_RUN_SLOTS(struct tail, first), MOAT_TAIL_SLOTS(struct tail, numbers));
#elif MISUSE == 9
MOAT_TYPE_FINALIZED(thing_type, struct thing, finalize, number);
#else
MOAT_TYPE(thing_type, struct thing, next, previous, table, atomic, name, either.thing, entries[1].value);
MOAT_TYPE_RUNS(runs_type, struct thing, MOAT_RUN_SLOTS(struct thing, table),
               MOAT_RUN_STRUCTS(struct thing, entries, struct entry, value));
MOAT_TYPE_FLEX(tail_type, struct slots_tail, MOAT_TAIL_SLOTS(struct slots_tail, slots));
MOAT_TYPE_FINALIZED(finalized_type, struct thing, finalize, next);
#endif
