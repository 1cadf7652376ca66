/* moat: all rows of cases.h that a plain build runs.
 *
 * SPDX-License-Identifier: MIT */
#include "rows_stores.h"
#include "rows_regions.h"
#include "rows_copies.h"
#include "rows_calls.h"
