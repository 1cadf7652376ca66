/* A packed struct may lie at an odd address, as an element and as a root.
 *
 * EXPECT: struct thing is packed: in arrays and roots its slots would not be aligned
 * EXPECT: struct thing is packed: in arrays and roots its slots would not be aligned
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#if MISUSE
#define PACKED __attribute__((packed))
#else
#define PACKED __attribute__((packed, aligned(sizeof(void *))))
#endif

struct PACKED thing {
    MOAT_REF(struct thing) next;
    char tag;
};
struct table {
    struct thing things[2];
};
struct __attribute__((packed)) plain {
    char tag;
    uint32_t number;
};
#if MISUSE != 2
MOAT_TYPE(thing_type, struct thing, next);
#endif
MOAT_TYPE_RUNS(table_type, struct table, MOAT_RUN_STRUCTS(struct table, things, struct thing, next));
MOAT_TYPE(plain_type, struct plain);
