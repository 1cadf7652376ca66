/* A run is an initialiser, which can't carry a message of its own: an array of -1 elements refuses it.
 *
 * EXPECT: size of (unnamed )?array is negative|array with a negative size|array size is negative
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
