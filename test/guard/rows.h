/* moat: all rows of cases.h that need no option of the build.
 *
 * SPDX-License-Identifier: MIT */
#include "rows_stores.h"
#include "rows_regions.h"
#include "rows_copies.h"
#include "rows_parts.h"
#include "rows_calls.h"
