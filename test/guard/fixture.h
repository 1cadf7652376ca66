/* moat: what the guard's cases run on. See cases.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_GUARD_FIXTURE_H
#define TEST_GUARD_FIXTURE_H

#include <stdbool.h>

/* A fresh heap and all that cases.h names. False: it could not be made. */
bool fixture_make(void);

#endif
