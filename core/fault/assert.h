/* moat: what a part of core relies on, checked where it begins to. Internal to core.
 *
 *     MOAT_ASSERT(moat_port_is_masked());
 *
 * With MOAT_CONFIG_ASSERT a condition that does not hold ends in a fault record; without it the condition is compiled
 * and is no code. So it has no effects of its own, and it costs no loop.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_ASSERT_H
#define MOAT_ASSERT_H

#include "base/port.h"
#include "moat_defaults.h"

#define MOAT_ASSERT(condition)                                                                                         \
    (MOAT_CONFIG_ASSERT == 0 || (condition) ? (void)0 : moat_assert_failed(__FILE__, __LINE__))

/* Records that an assertion failed, prints it and takes the port's trap. Context: any. */
_Noreturn void moat_assert_failed(const char *file, unsigned line) __attribute__((cold));

#endif
