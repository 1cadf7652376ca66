/* moat: noting what the walker found. See check.h.
 *
 * SPDX-License-Identifier: MIT */
#include "inspect/check.h"

bool moat_check_fail(struct moat_heap_error *error, unsigned invariant, uintptr_t where, const char *what) {
    error->invariant = invariant;
    error->where = (const void *)where;
    error->what = what;
    return false;
}
