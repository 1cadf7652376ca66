/* The guard's table of cases, CHECK0 to CHECK2: see test/guard/cases.h for what a row is.
 *
 * SPDX-License-Identifier: MIT */
#define GUARD_ROWS "guard/rows.h"
#include "guard/program.h"
