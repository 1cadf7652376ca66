/* moat: all rows of cases.h that need no option of the build.
 *
 * SPDX-License-Identifier: MIT */
#include "rows_stores.h"
#include "rows_regions.h"
#include "rows_copies.h"
#ifndef TEST_PLUGIN_PLAIN_H
#include "rows_parts.h"
#endif
#include "rows_calls.h"
