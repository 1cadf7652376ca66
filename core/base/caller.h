/* moat: who called. Internal to core.
 *
 * SPDX-License-Identifier: MIT */
#ifndef MOAT_CALLER_H
#define MOAT_CALLER_H

#include <stdint.h>

/* Before a function that names its caller: link-time optimisation would put it into that, and it names the next. */
#define MOAT_ENTRY __attribute__((noinline))

/* In a function that firmware calls, a MOAT_ENTRY: the address that it returns to. */
#define MOAT_CALLER() ((uintptr_t)__builtin_extract_return_addr(__builtin_return_address(0)))

#endif
