/* The members of a struct that a run describes.
 *
 * EXPECT: struct entry\.value is not a slot: it is not aligned
 *
 * SPDX-License-Identifier: MIT */
#include <moat.h>

#if MISUSE
#define PACKED __attribute__((packed))
#else
#define PACKED
#endif

struct PACKED entry {
    char tag;
    void *value;
};
struct table {
    struct entry entries[4];
};
MOAT_TYPE_RUNS(table_type, struct table, MOAT_RUN_STRUCTS(struct table, entries, struct entry, value));
